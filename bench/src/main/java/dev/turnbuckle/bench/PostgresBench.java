package dev.turnbuckle.bench;

import dev.turnbuckle.bench.Figure.Bar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** Durable turns on PostgreSQL, beside the least that any design must ask of the same server. */
final class PostgresBench {
    private static final List<Integer> AT_ONCE = List.of(1, 16, 64, 256);

    /** So many turns of each process of ours come first: a node that serves has made them within its first minute. */
    private static final int WARM_TURNS = 30_000;

    private static final int WARM_AT_ONCE = 64;
    private static final int MOST_WARM_UP = 180;

    /** The floor is a few lines of code, which are compiled soon. */
    private static final int FLOOR_WARM_UP = 10;

    private final Options options;
    private final Path folder;
    private final Progress progress;

    PostgresBench(Options options, Path folder, Progress progress) {
        this.options = options;
        this.folder = folder;
        this.progress = progress;
    }

    /** In the order in which they run. */
    enum Part {
        TRIPS,
        IDLE,
        COMMIT,
        CLAIMS,
        TURNS,
        TWO;

        /** On the command line. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Optional<Part> named(String word) {
            return Arrays.stream(values()).filter(p -> p.word().equals(word)).findFirst();
        }
    }

    void run(Consumer<Figure> figures) throws IOException, InterruptedException {
        var postgres = options.onPostgres();
        if (postgres == null) {
            throw new IllegalStateException("not asked for");
        }
        try (var server = PostgresServer.of(postgres.url(), folder)) {
            progress.say(server.version());
            Specimen specimen = Specimen.in(folder);
            for (Part part : postgres.parts()) {
                run(part, server, specimen, figures);
            }
        }
    }

    private void run(Part part, PostgresServer server, Specimen specimen, Consumer<Figure> figures)
            throws IOException, InterruptedException {
        var count = new PostgresCounts(server, specimen, progress);
        switch (part) {
            case TRIPS -> count.turns(figures);
            case IDLE -> count.idle(figures);
            case COMMIT -> {
                count.commits(figures);
                new PostgresCommits(options, folder, progress).run(server, specimen, figures);
            }
            case CLAIMS -> {
                new ClaimBench(options, progress, server, specimen).run(figures);
                new ContentionBench(progress, server, specimen).run(figures);
            }
            case TURNS -> one(server, specimen, figures);
            case TWO -> two(server, figures);
        }
    }

    private void one(PostgresServer server, Specimen specimen, Consumer<Figure> figures)
            throws IOException, InterruptedException {
        try (var ours = new PostgresOurs(server, server.schema("ours"));
                var floor = new PostgresFloor(server, PostgresFloor.create(server, "floor"), specimen, 0)) {
            all(floor, ours, 1, "", figures);
        }
    }

    private void two(PostgresServer server, Consumer<Figure> figures) throws IOException, InterruptedException {
        int processes = 2;
        String schema = PostgresFloor.create(server, "floor_two");
        try (var ours = new Processes(processes, Hand.Kind.OURS, server, server.schema("ours_two"), folder);
                var floor = new Processes(processes, Hand.Kind.FLOOR, server, schema, folder)) {
            all(floor, ours, processes, "-two", figures);
        }
    }

    private void warm(Side floor, Side ours, int processes) throws InterruptedException {
        int wanted = processes * WARM_TURNS;
        int turns = 0;
        for (int i = 0; i < MOST_WARM_UP && turns < wanted; i++) {
            if (i < FLOOR_WARM_UP) {
                floor.round("first" + i, WARM_AT_ONCE, options.round());
            }
            turns += ours.round("first" + i, WARM_AT_ONCE, options.round())
                    .nanos()
                    .count();
            progress.say("warming up: " + turns + " of " + wanted + " turns");
        }
    }

    private void all(Side floor, Side ours, int processes, String suffix, Consumer<Figure> figures)
            throws InterruptedException {
        warm(floor, ours, processes);
        var rounds =
                Rounds.each(floor, ours, AT_ONCE, options, text -> progress.say("pg-turns" + suffix + ", " + text));
        for (int i = 0; i < AT_ONCE.size(); i++) {
            String name = "pg-turns-" + AT_ONCE.get(i) + suffix;
            figures.accept(rounds.get(i).turns(name, Bar.atLeast(0.5)));
            figures.accept(rounds.get(i).latency(name + "-p50", 0.5, null));
            figures.accept(rounds.get(i).latency(name + "-p99", 0.99, null));
        }
    }
}
