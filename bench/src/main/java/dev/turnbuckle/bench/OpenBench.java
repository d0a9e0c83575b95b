package dev.turnbuckle.bench;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.bench.Figure.Bar;
import dev.turnbuckle.env.Environment;
import dev.turnbuckle.jdbc.SqliteStorage;
import dev.turnbuckle.jdbc.SqliteStorage.Synchronous;
import dev.turnbuckle.session.Entry;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.SessionStore;
import dev.turnbuckle.store.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** What it costs to come back to a long session that this process has not seen: 10,000 entries, of which 200 are wanted. */
final class OpenBench {
    private static final int ENTRIES = 10_000;
    private static final int WANTED = 200;
    private static final int A_COMMIT = 200;
    private static final int SESSIONS = 20;
    private static final int WARM_UP_ROUNDS = 10;

    private final Options options;
    private final Path folder;
    private final Progress progress;
    private final Random random = new Random(4711);

    OpenBench(Options options, Path folder, Progress progress) {
        this.options = options;
        this.folder = folder;
        this.progress = progress;
    }

    void run(Consumer<Figure> figures) throws IOException {
        Path file = folder.resolve("open.db");
        fill(file);
        figures.accept(measure("open-10k", file, "line-", OpenBench::drive));
        figures.accept(measure("open-10k-view", file, "branch-", OpenBench::observe));
    }

    // ---- the sessions

    private void fill(Path file) throws IOException {
        Specimen specimen;
        try (var ours = Ours.on(folder.resolve("specimen-open.db"))) {
            specimen = Specimen.of(ours);
        }
        progress.say("open: " + 2 * SESSIONS + " sessions of " + ENTRIES + " entries first");
        try (var storage =
                SqliteStorage.builder(file).synchronous(Synchronous.NORMAL).build()) {
            storage.open(Environment.system());
            var turns = new StorageTurns(storage, specimen);
            for (int session = 0; session < SESSIONS; session++) {
                line(turns, "line-" + session, ENTRIES);
                line(turns, "branch-" + session, ENTRIES - WANTED);
                turns.commit("branch-" + session, new Commit.History(Commit.Position.ROOT, talk(), null), new byte[0]);
            }
        }
    }

    private void line(StorageTurns turns, String session, int entries) {
        var state = new byte[2_048];
        for (int i = 0; i < entries / A_COMMIT; i++) {
            random.nextBytes(state);
            turns.commit(session, Commit.History.append(talk()), state);
        }
    }

    /** A question, a call, its result, an answer, and so on: about 250 bytes each. */
    private List<Message> talk() {
        return IntStream.range(0, A_COMMIT)
                .mapToObj(i -> switch (i % 4) {
                    case 0 -> Message.user(words());
                    case 1 ->
                        Message.of(
                                Message.Role.ASSISTANT,
                                List.of(new Part.ToolCall("call-" + i, "look_up", "{\"what\":\"" + words() + "\"}")));
                    case 2 ->
                        Message.of(
                                Message.Role.TOOL,
                                List.of(new Part.ToolResult("call-" + i, "look_up", words(), false)));
                    default -> Message.of(Message.Role.ASSISTANT, List.of(new Part.Text(words())));
                })
                .toList();
    }

    private String words() {
        return "About " + Long.toString(random.nextLong(), 36)
                + ": it is as it was said before, in other words, and so "
                + "we leave it as it stands until somebody comes and asks again " + random.nextInt();
    }

    // ---- opening them

    private interface Opening {
        /** @return entries read */
        int open(Opened opened, String session);
    }

    /** A process that has just started. */
    private record Opened(Storage storage, Turnbuckle turnbuckle) {}

    /** What a worker reads before it drives the session's next turn. */
    private static int drive(Opened opened, String session) {
        SessionStore sessions = opened.storage().sessions();
        var head = sessions.find(session).orElseThrow().head();
        List<Entry> entries = sessions.path(session, new SessionStore.From.Depth(head.depth() - WANTED + 1));
        if (sessions.components(session).size() != 1) {
            throw new IllegalStateException("the session's state is missing");
        }
        return entries.size();
    }

    /** What a page shows of it: the view of its active path, and the cursor to go on from. */
    private static int observe(Opened opened, String session) {
        return opened.turnbuckle().session(session).observe().view().entries().size();
    }

    private Figure measure(String name, Path file, String prefix, Opening opening) throws IOException {
        var ours = new Samples();
        var floors = new Samples();
        List<String> sessions = new ArrayList<>(
                IntStream.range(0, SESSIONS).mapToObj(i -> prefix + i).toList());
        for (int round = 1 - WARM_UP_ROUNDS; round <= options.rounds(); round++) {
            Collections.shuffle(sessions, random);
            var storage = SqliteStorage.at(file);
            try (var floor = new OpenFloor(file);
                    var turnbuckle = Turnbuckle.builder()
                            .storage(storage)
                            .remoteAgent("default")
                            .build()) {
                var opened = new Opened(storage, turnbuckle);
                for (String session : sessions) {
                    long least = nanos(() -> floor.read(session, WANTED));
                    long open = nanos(() -> opening.open(opened, session));
                    if (round >= 1) {
                        floors.add(least);
                        ours.add(open);
                    }
                }
            } catch (SQLException e) {
                throw new IOException(e);
            }
            progress.say(name + (round < 1 ? ", warming up" : ", round " + round + " of " + options.rounds()));
        }
        return new Figure(name, ours.at(0.5) / 1e6, "ms", floors.at(0.5) / 1e6, Bar.valueAtMost(2));
    }

    private interface Reading {
        /** @return entries read */
        int read() throws SQLException;
    }

    private static long nanos(Reading reading) throws SQLException {
        long before = System.nanoTime();
        int read = reading.read();
        long nanos = System.nanoTime() - before;
        if (read != WANTED) {
            throw new IllegalStateException(read + " entries, not " + WANTED);
        }
        return nanos;
    }
}
