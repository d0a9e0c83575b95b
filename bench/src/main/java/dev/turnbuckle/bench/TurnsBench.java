package dev.turnbuckle.bench;

import dev.turnbuckle.bench.Figure.Bar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Durable turns with one {@code ONCE} tool on SQLite: one session, and many at once. */
final class TurnsBench {
    static final int MANY = 64;

    private final Options options;
    private final Path folder;
    private final Progress progress;

    TurnsBench(Options options, Path folder, Progress progress) {
        this.options = options;
        this.folder = folder;
        this.progress = progress;
    }

    void run(Consumer<Figure> figures) throws IOException, InterruptedException {
        try (var ours = Ours.on(folder.resolve("turns.db"))) {
            Specimen specimen = Specimen.of(ours);
            try (var floor = new Floor(folder.resolve("floor-1.db"), specimen, false)) {
                one(rounds(floor, ours, 1), figures);
            }
            try (var floor = new Floor(folder.resolve("floor-64.db"), specimen, true)) {
                many(rounds(floor, ours, MANY), figures);
            }
        }
    }

    private Rounds rounds(Contender floor, Contender ours, int sessions) throws InterruptedException {
        return Rounds.of(floor, ours, sessions, options, text -> progress.say("turns, " + text));
    }

    private static void one(Rounds rounds, Consumer<Figure> figures) {
        figures.accept(rounds.turns("turns-1", null));
        figures.accept(rounds.latency("turns-1-p50", 0.5, Bar.atMost(1.5)));
        figures.accept(rounds.latency("turns-1-p99", 0.99, null));
        figures.accept(
                new Figure("commits-per-turn", rounds.commits(Rounds.Pair::ours), "commits", 5, Bar.atMost(1.005)));
        double floors = rounds.commits(Rounds.Pair::floor);
        if (Math.abs(floors - 5) > 0.01) {
            throw new IllegalStateException("the floor made " + floors + " commits a turn");
        }
    }

    private static void many(Rounds rounds, Consumer<Figure> figures) {
        figures.accept(rounds.turns("turns-64", Bar.atLeast(0.5)));
        figures.accept(rounds.latency("turns-64-p50", 0.5, null));
        figures.accept(rounds.latency("turns-64-p99", 0.99, null));
    }
}
