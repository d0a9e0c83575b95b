package dev.turnbuckle.bench;

import dev.turnbuckle.bench.Figure.Bar;
import dev.turnbuckle.env.Environment;
import dev.turnbuckle.jdbc.SqliteStorage;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.store.Commit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Large commits through the storage, beside one transaction of the floor with the same bytes and rows. */
final class CommitBench {
    private static final int MIB = 1 << 20;
    private static final int ROWS = 512;

    /** Of each contender in each round: more would only fill the disk. */
    private static final int COMMITS = 40;

    private static final int WARM_UP_ROUNDS = 4;

    private final Options options;
    private final Path folder;
    private final Progress progress;
    private final Random random = new Random(4711);

    CommitBench(Options options, Path folder, Progress progress) {
        this.options = options;
        this.folder = folder;
        this.progress = progress;
    }

    /** What one commit brings beside the usual: history, and bytes of state. */
    @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
    private record Load(List<Message> entries, byte[] state) {}

    void run(Consumer<Figure> figures) throws IOException {
        Specimen specimen = Specimen.in(folder);
        try (var storage = SqliteStorage.at(folder.resolve("commit.db"));
                var floor = new Floor(folder.resolve("commit-floor.db"), specimen, false)) {
            storage.open(Environment.system());
            var turns = new StorageTurns(storage, specimen);
            run("", turns, floor, figures);
        }
    }

    private interface Loads {
        Load next();
    }

    private Load large() {
        var state = new byte[MIB];
        random.nextBytes(state);
        return new Load(List.of(Message.user("Keep this.")), state);
    }

    private Load many() {
        return new Load(
                IntStream.range(0, ROWS)
                        .mapToObj(i -> Message.user("Line " + i + " of what was imported: "
                                + Long.toString(random.nextLong(), 36).repeat(10)))
                        .toList(),
                new byte[0]);
    }

    /** The same on another storage. */
    void run(String prefix, StorageTurns turns, FloorTransactions floor, Consumer<Figure> figures) {
        figures.accept(measure(prefix + "commit-1mib", turns, floor, this::large));
        figures.accept(measure(prefix + "commit-512-rows", turns, floor, this::many));
    }

    private Figure measure(String name, StorageTurns turns, FloorTransactions floor, Loads loads) {
        var ours = new Samples();
        var floors = new Samples();
        for (int round = -WARM_UP_ROUNDS; round < options.rounds(); round++) {
            FloorTurn turn = floor.session(name + round);
            for (int i = 0; i < COMMITS; i++) {
                Load load = loads.next();
                long written = write(floor, turn, load);
                long committed = turns.commit(name + round, Commit.History.append(load.entries()), load.state());
                if (round >= 0) {
                    floors.add(written);
                    ours.add(committed);
                }
            }
            progress.say(name + (round < 0 ? ", warming up" : ", round " + (round + 1) + " of " + options.rounds()));
        }
        return new Figure(name, ours.at(0.5) / 1e6, "ms", floors.at(0.5) / 1e6, Bar.atMost(2));
    }

    /** @return nanoseconds of the transaction that commits */
    private static long write(FloorTransactions floor, FloorTurn turn, Load load) {
        List<String> messages = load.entries().stream().map(CommitBench::json).toList();
        List<byte[]> blobs = load.state().length == 0 ? List.of() : List.of(load.state());
        floor.transaction(turn::accept);
        floor.transaction(turn::open);
        long before = System.nanoTime();
        floor.transaction(db -> turn.commit(db, messages, blobs));
        return System.nanoTime() - before;
    }

    /** As ours stores it. */
    private static String json(Message message) {
        return "{\"role\":\"USER\",\"parts\":[{\"type\":\"text\",\"text\":\"" + message.text()
                + "\"}],\"interrupted\":false}";
    }
}
