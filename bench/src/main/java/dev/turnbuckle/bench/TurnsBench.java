package dev.turnbuckle.bench;

import dev.turnbuckle.bench.Figure.Bar;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Durable turns with one {@code ONCE} tool: one session, and many at once. */
final class TurnsBench {
    static final int MANY = 64;

    private static final int LEAST_WARM_UP = 3;
    private static final int MOST_WARM_UP = 30;

    /** A server is warm when the compilers have little left to do: this share of a round, both contenders together. */
    private static final double COMPILING = 0.2;

    private final Options options;
    private final Path folder;
    private final Progress progress;

    TurnsBench(Options options, Path folder, Progress progress) {
        this.options = options;
        this.folder = folder;
        this.progress = progress;
    }

    private record Pair(Round floor, Round ours) {}

    void run(Consumer<Figure> figures) throws IOException, InterruptedException {
        try (var ours = Ours.on(folder.resolve("turns.db"))) {
            Specimen specimen = Specimen.of(ours);
            try (var floor = new Floor(folder.resolve("floor-1.db"), specimen, false)) {
                one(pairs(floor, ours, 1), figures);
            }
            try (var floor = new Floor(folder.resolve("floor-64.db"), specimen, true)) {
                many(pairs(floor, ours, MANY), figures);
            }
        }
    }

    /** Floor, ours, floor, ours …: what else the machine does meets both. */
    private List<Pair> pairs(Contender floor, Contender ours, int sessions) throws InterruptedException {
        boolean warm = false;
        for (int i = 0; i < MOST_WARM_UP && !(warm && i >= LEAST_WARM_UP); i++) {
            long before = compiling();
            pair(floor, ours, sessions, "warm" + i);
            warm = compiling() - before < COMPILING * options.round().toMillis();
        }
        var pairs = new ArrayList<Pair>();
        for (int i = 1; i <= options.rounds(); i++) {
            pairs.add(pair(floor, ours, sessions, "round" + i));
        }
        return pairs;
    }

    /** Milliseconds of the just-in-time compilers. */
    private static long compiling() {
        return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
    }

    private Pair pair(Contender floor, Contender ours, int sessions, String round) throws InterruptedException {
        String name = sessions + "-" + round;
        var pair = new Pair(
                Round.of(floor, name, sessions, options.round()), Round.of(ours, name, sessions, options.round()));
        progress.say("turns, " + sessions + " at once, " + round + ": floor " + said(pair.floor()) + ", ours "
                + said(pair.ours()));
        return pair;
    }

    private static String said(Round round) {
        return Figure.plain(round.turnsPerSecond()) + "/s (" + Figure.plain(round.cpuMicrosOfATurn()) + " us of CPU)";
    }

    private static void one(List<Pair> pairs, Consumer<Figure> figures) {
        figures.accept(figure("turns-1", "turns/s", pairs, Round::turnsPerSecond, null));
        figures.accept(latency("turns-1-p50", pairs, 0.5, Bar.atMost(1.5)));
        figures.accept(latency("turns-1-p99", pairs, 0.99, null));
        figures.accept(new Figure("commits-per-turn", commits(pairs, Pair::ours), "commits", 5, Bar.atMost(1.005)));
        double floors = commits(pairs, Pair::floor);
        if (Math.abs(floors - 5) > 0.01) {
            throw new IllegalStateException("the floor made " + floors + " commits a turn");
        }
    }

    private static void many(List<Pair> pairs, Consumer<Figure> figures) {
        figures.accept(figure("turns-64", "turns/s", pairs, Round::turnsPerSecond, Bar.atLeast(0.5)));
        figures.accept(latency("turns-64-p50", pairs, 0.5, null));
        figures.accept(latency("turns-64-p99", pairs, 0.99, null));
    }

    private static Figure latency(String name, List<Pair> pairs, double fraction, @Nullable Bar bar) {
        return figure(name, "ms", pairs, r -> r.nanos().at(fraction) / 1e6, bar);
    }

    private static Figure figure(
            String name, String unit, List<Pair> pairs, ToDoubleFunction<Round> of, @Nullable Bar bar) {
        double ours = Samples.median(
                pairs.stream().map(p -> of.applyAsDouble(p.ours())).toList());
        double floor = Samples.median(
                pairs.stream().map(p -> of.applyAsDouble(p.floor())).toList());
        return new Figure(name, ours, unit, floor, bar);
    }

    private static double commits(List<Pair> pairs, Function<Pair, Round> which) {
        long commits = pairs.stream().map(which).mapToLong(Round::commits).sum();
        long turns = pairs.stream().map(which).mapToLong(r -> r.nanos().count()).sum();
        return (double) commits / turns;
    }
}
