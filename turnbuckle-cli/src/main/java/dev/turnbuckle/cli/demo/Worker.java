package dev.turnbuckle.cli.demo;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.jdbc.SqliteStorage;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.SessionEvent;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Storage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * One worker process of the demo, as any application would be: it opens the database and drives what is due. It tells
 * its parent a line of JSON for each event, obeys {@code hold} and {@code open} lines, and ends when its parent does.
 */
public final class Worker {
    private static final Pattern EFFECT = Pattern.compile("before (model/\\d+(?:/tool/\\d+)?)");

    /** The demo kills many drives of a turn; none of them is the turn's fault. */
    private static final int ATTEMPTS = 100_000;

    private final DemoFolder folder;
    private final Pace pace;
    private final PrintStream out;
    private final long pid = ProcessHandle.current().pid();
    private final Storage storage;
    private final Effects effects;
    private final Holds holds = new Holds(instant -> tell("held", "moment", instant));

    private Worker(DemoFolder folder, Pace pace, PrintStream out) throws IOException {
        this.folder = folder;
        this.pace = pace;
        this.out = out;
        this.storage = SqliteStorage.at(folder.database());
        this.effects = Effects.appendTo(folder.effects());
    }

    /** Returns when the parent closes this process's input. */
    public static void run(DemoFolder folder, String pace, PrintStream out) throws IOException {
        Turnbuckle opened = null;
        try (var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            var worker = new Worker(folder, Pace.named(pace), out);
            if (worker.pace.equals(Pace.STORY)) {
                warmUp();
            }
            worker.tell("started", "pid", String.valueOf(worker.pid));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith("hold ")) {
                    worker.holds.set(Holds.Moment.parse(line.substring("hold ".length())));
                } else if (line.equals("open")) {
                    opened = worker.open();
                    worker.tell("ready", "pid", String.valueOf(worker.pid));
                }
            }
        }
        if (opened != null) {
            opened.closeNow();
        }
    }

    /** A whole turn elsewhere, so that taking over does not wait for classes to load. */
    private static void warmUp() throws IOException {
        var elsewhere = new DemoFolder(Files.createTempDirectory("turnbuckle-warm-up"));
        try {
            var shop = new Shop(elsewhere, Pace.NONE, () -> {});
            try (var turnbuckle = Turnbuckle.builder()
                    .storage(SqliteStorage.at(elsewhere.database()))
                    .agent(shop.agent(new ShopModel(Pace.NONE, words -> {})))
                    .liveReplay(new WatchedReplay(SessionEvent::json))
                    .build()) {
                turnbuckle.session(DemoFolder.SESSION).ask("Charge order W-0.");
            }
        } finally {
            delete(elsewhere.path());
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private Turnbuckle open() {
        var shop = new Shop(folder, pace, () -> holds.at(Holds.LEDGER_WRITTEN));
        return Turnbuckle.builder()
                .storage(storage)
                .agent(shop.agent(new ShopModel(pace, holds::streamed)))
                .liveReplay(new WatchedReplay(this::seen))
                .attempts(ATTEMPTS)
                .name("worker-" + pid)
                .probe(this::passed)
                .build();
    }

    private void passed(String seam) {
        holds.at(seam);
        Matcher effect = EFFECT.matcher(seam);
        if (effect.matches()) {
            String key = effect.group(1);
            Optional<TurnId> turn = storage.sessions().find(DemoFolder.SESSION).map(s -> s.openTurn());
            effects.add(new Effects.Line(
                    pid,
                    turn.map(TurnId::value).orElse(""),
                    key,
                    Effects.What.RUN,
                    turn.map(t -> isRecorded(t, key)).orElse(true)));
        }
    }

    /** Asked of the database and not of the runtime, whose promise is what is being counted. */
    private boolean isRecorded(TurnId turn, String key) {
        return storage.journal().read(DemoFolder.SESSION, turn).stream()
                .filter(e -> e.key().equals(key))
                .anyMatch(JournalEntry::done);
    }

    private void seen(SessionEvent event) {
        switch (event.activity()) {
            case Activity.ModelEnded e when !e.performed() -> noted(e.turn(), e.item(), Effects.What.RECALLED);
            case Activity.ToolEnded e
            when e.how().equals("recalled") -> noted(e.turn(), e.item(), Effects.What.RECALLED);
            case Activity.ToolEnded e when e.how().equals("unknown") -> noted(e.turn(), e.item(), Effects.What.UNKNOWN);
            default -> {}
        }
        print(event.json());
    }

    private void noted(TurnId turn, String effect, Effects.What what) {
        effects.add(new Effects.Line(pid, turn.value(), effect, what, true));
    }

    private void tell(String type, String name, String value) {
        print(JsonMapper.shared()
                .createObjectNode()
                .put("type", type)
                .put(name, value)
                .toString());
    }

    private void print(String line) {
        synchronized (out) {
            out.println(line);
            out.flush();
        }
    }
}
