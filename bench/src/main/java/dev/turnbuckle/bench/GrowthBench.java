package dev.turnbuckle.bench;

import dev.turnbuckle.bench.Figure.Bar;
import dev.turnbuckle.jdbc.SqliteStorage.Synchronous;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Turn 10,000 of a session beside turn 100 of another, each in a database of its own. Here the early turn is the floor. */
final class GrowthBench {
    private static final int EARLY = 100;
    private static final int LATE = 10_000;
    private static final int HISTORY_ENTRIES = 200;

    /** Turns measured around the one that is meant, in each round. */
    private static final int WINDOW = 100;

    private final Options options;
    private final Path folder;
    private final Progress progress;

    GrowthBench(Options options, Path folder, Progress progress) {
        this.options = options;
        this.folder = folder;
        this.progress = progress;
    }

    void run(Consumer<Figure> figures) throws IOException {
        Path file = folder.resolve("late.db");
        grow(file);
        var early = new Measured();
        var late = new Measured();
        try (var young = Ours.on(folder.resolve("early.db"), HISTORY_ENTRIES, Synchronous.FULL);
                var old = Ours.on(file, HISTORY_ENTRIES, Synchronous.FULL)) {
            var longest = old.client("growing");
            turns(longest, WINDOW / 2);
            for (int round = 0; round < options.rounds(); round++) {
                var client = young.client("young-" + round);
                turns(client, EARLY - WINDOW / 2);
                for (int turn = 0; turn < WINDOW; turn++) {
                    early.turn(client, young.log());
                    late.turn(longest, old.log());
                }
                progress.say("growth, round " + (round + 1) + " of " + options.rounds());
            }
        }
        figures.accept(
                new Figure("growth-time", late.nanos.at(0.5) / 1e6, "ms", early.nanos.at(0.5) / 1e6, Bar.atMost(1.1)));
        figures.accept(
                new Figure("growth-bytes", late.bytes.mean(), "bytes/turn", early.bytes.mean(), Bar.atMost(1.1)));
    }

    /** Not measured, so nobody waits for the disk. */
    private void grow(Path file) throws IOException {
        try (var growing = Ours.on(file, HISTORY_ENTRIES, Synchronous.NORMAL)) {
            progress.say("growth: " + LATE + " turns first");
            var client = growing.client("growing");
            for (int hundred = 0; hundred < LATE / WINDOW - 1; hundred++) {
                turns(client, WINDOW);
            }
        }
    }

    private static void turns(Contender.Client client, int count) {
        for (int turn = 0; turn < count; turn++) {
            client.turn();
        }
    }

    /** Time and bytes of single turns. */
    private static final class Measured {
        final Samples nanos = new Samples();
        final Samples bytes = new Samples();

        void turn(Contender.Client client, WalIndex log) {
            long framesBefore = log.frames();
            long before = System.nanoTime();
            client.turn();
            nanos.add(System.nanoTime() - before);
            long frames = log.frames() - framesBefore;
            if (frames > 0) { // else the log was begun anew meanwhile
                bytes.add(frames * WalIndex.FRAME_BYTES);
            }
        }
    }
}
