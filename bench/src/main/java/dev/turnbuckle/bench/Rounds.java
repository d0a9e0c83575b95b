package dev.turnbuckle.bench;

import dev.turnbuckle.bench.Figure.Bar;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Floor, ours, floor, ours …, after both are warm: what else the machine does meets both. */
final class Rounds {
    private static final int LEAST_WARM_UP = 3;
    private static final int MOST_WARM_UP = 30;

    /** A server is warm when the compilers have little left to do: this share of a round, both sides together. */
    private static final double COMPILING = 0.2;

    record Pair(Round floor, Round ours) {
        private long compilingMillis() {
            return floor.cpu().compilingMillis() + ours.cpu().compilingMillis();
        }
    }

    private final List<Pair> pairs;

    private Rounds(List<Pair> pairs) {
        this.pairs = List.copyOf(pairs);
    }

    /** @param title what the progress calls it */
    static Rounds of(Side floor, Side ours, int sessions, Options options, Consumer<String> title)
            throws InterruptedException {
        return each(floor, ours, List.of(sessions), options, title).getFirst();
    }

    /**
     * For each of these numbers of sessions, in turn: what a server does once a minute, such as vacuuming, meets all of them.
     */
    static List<Rounds> each(Side floor, Side ours, List<Integer> numbers, Options options, Consumer<String> title)
            throws InterruptedException {
        for (int sessions : numbers) {
            warm(floor, ours, sessions, options, title);
        }
        List<List<Pair>> pairs =
                numbers.stream().<List<Pair>>map(n -> new ArrayList<>()).toList();
        for (int i = 1; i <= options.rounds(); i++) {
            for (int n = 0; n < numbers.size(); n++) {
                pairs.get(n).add(pair(floor, ours, numbers.get(n), "round" + i, options, title));
            }
        }
        return pairs.stream().map(Rounds::new).toList();
    }

    private static void warm(Side floor, Side ours, int sessions, Options options, Consumer<String> title)
            throws InterruptedException {
        boolean warm = false;
        for (int i = 0; i < MOST_WARM_UP && !(warm && i >= LEAST_WARM_UP); i++) {
            long compiling =
                    pair(floor, ours, sessions, "warm" + i, options, title).compilingMillis();
            warm = compiling < COMPILING * options.round().toMillis();
        }
    }

    private static Pair pair(
            Side floor, Side ours, int sessions, String round, Options options, Consumer<String> progress)
            throws InterruptedException {
        String name = sessions + "-" + round;
        var pair = new Pair(floor.round(name, sessions, options.round()), ours.round(name, sessions, options.round()));
        progress.accept(
                sessions + " at once, " + round + ": floor " + said(pair.floor()) + ", ours " + said(pair.ours()));
        return pair;
    }

    private static String said(Round round) {
        String server = round.cpu().serverNanos() == 0
                ? ""
                : " and " + Figure.plain(round.serverMicrosOfATurn()) + " us of the server's";
        return Figure.plain(round.turnsPerSecond()) + "/s (" + Figure.plain(round.cpuMicrosOfATurn()) + " us of CPU"
                + server + ", " + round.cpu().compilingMillis() + " ms of compiling)";
    }

    Figure turns(String name, @Nullable Bar bar) {
        return figure(name, "turns/s", Round::turnsPerSecond, bar);
    }

    Figure latency(String name, double fraction, @Nullable Bar bar) {
        return figure(name, "ms", r -> r.nanos().at(fraction) / 1e6, bar);
    }

    private Figure figure(String name, String unit, ToDoubleFunction<Round> of, @Nullable Bar bar) {
        return new Figure(name, median(Pair::ours, of), unit, median(Pair::floor, of), bar);
    }

    private double median(Function<Pair, Round> which, ToDoubleFunction<Round> of) {
        return Samples.median(
                pairs.stream().map(which).map(round -> of.applyAsDouble(round)).toList());
    }

    /** COMMITs of a turn. */
    double commits(Function<Pair, Round> which) {
        long commits = pairs.stream().map(which).mapToLong(Round::commits).sum();
        long turns = pairs.stream().map(which).mapToLong(r -> r.nanos().count()).sum();
        return (double) commits / turns;
    }
}
