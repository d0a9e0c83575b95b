package dev.turnbuckle.bench;

import dev.turnbuckle.bench.Figure.Bar;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Live replay: what an append costs the one who drives a turn, and how many events a second reach a crowd. */
final class LiveBench {
    static final int SUBSCRIBERS = 1_000;
    static final int BURST = 64;

    private static final int WARM_UP_ROUNDS = 4;

    /** Looks at the clock are rarer than appends. */
    private static final int BATCH = 10_000;

    private final Options options;
    private final Progress progress;

    LiveBench(Options options, Progress progress) {
        this.options = options;
        this.progress = progress;
    }

    void run(Consumer<Figure> figures) throws InterruptedException {
        figures.accept(append());
        parked(figures);
        figures.accept(deliver());
    }

    private interface Measure {
        double once() throws InterruptedException;
    }

    private Figure figure(String name, String unit, Measure floor, Measure ours, @Nullable Bar bar)
            throws InterruptedException {
        List<Double> floors = new ArrayList<>();
        List<Double> values = new ArrayList<>();
        for (int round = 1 - WARM_UP_ROUNDS; round <= options.rounds(); round++) {
            double least = floor.once();
            double value = ours.once();
            progress.say(name + (round < 1 ? ", warming up" : ", round " + round + " of " + options.rounds())
                    + ": floor " + Figure.plain(least) + ", ours " + Figure.plain(value) + " " + unit);
            if (round >= 1) {
                floors.add(least);
                values.add(value);
            }
        }
        return new Figure(name, Samples.median(values), unit, Samples.median(floors), bar);
    }

    private Figure append() throws InterruptedException {
        try (var crowd = new Crowd(0)) {
            var least = new LeastRing();
            return figure(
                    "live-append",
                    "M/s",
                    () -> rate(() -> least.append(Crowd.delta())),
                    () -> rate(crowd::append),
                    Bar.valueAtLeast(5));
        }
    }

    /** Millions of calls a second on this thread. */
    private double rate(Runnable call) {
        long begun = System.nanoTime();
        long end = begun + options.round().toNanos();
        long cpu = Cpu.ofThisThread();
        long calls = 0;
        long now = begun;
        while (now < end) {
            for (int i = 0; i < BATCH; i++) {
                call.run();
            }
            calls += BATCH;
            now = System.nanoTime();
        }
        progress.say("  " + Figure.plain((double) (Cpu.ofThisThread() - cpu) / calls) + " ns of processor time each");
        return calls * 1e3 / (now - begun);
    }

    /**
     * A burst, each time when everybody has read the last one and sleeps: what its appends cost, and what the first one
     * costs, which wakes the dispatcher.
     */
    private void parked(Consumer<Figure> figures) throws InterruptedException {
        try (var crowd = new Crowd(SUBSCRIBERS);
                var sleeper = new LeastCrowd(1)) {
            var least = new LeastRing();
            figures.accept(figure(
                    "live-append-1000-parked",
                    "us",
                    () -> median(() -> sleeper.settle(0), () -> least.append(Crowd.delta()), BURST),
                    () -> median(() -> crowd.settle(BURST), crowd::append, BURST),
                    Bar.valueAtMost(1)));
            figures.accept(figure(
                    "live-append-1000-wake",
                    "us",
                    () -> median(() -> sleeper.settle(1), sleeper::wake, 1),
                    () -> median(() -> crowd.settle(1), crowd::append, 1),
                    null));
        }
    }

    private interface Settling {
        void settle() throws InterruptedException;
    }

    /** Microseconds of a call, of so many that are made when everybody sleeps. */
    private double median(Settling settling, Runnable call, int calls) throws InterruptedException {
        var samples = new Samples();
        long end = System.nanoTime() + options.round().toNanos();
        while (System.nanoTime() < end) {
            settling.settle();
            for (int i = 0; i < calls; i++) {
                long before = System.nanoTime();
                call.run();
                samples.add(System.nanoTime() - before);
            }
        }
        return samples.at(0.5) / 1e3;
    }

    private Figure deliver() throws InterruptedException {
        try (var crowd = new Crowd(SUBSCRIBERS);
                var least = new LeastCrowd(SUBSCRIBERS)) {
            return figure(
                    "live-deliver-1000",
                    "M/s",
                    () -> deliveries(() -> least.burst(BURST)),
                    () -> deliveries(() -> crowd.burst(BURST)),
                    Bar.valueAtLeast(5));
        }
    }

    private interface Burst {
        void deliver() throws InterruptedException;
    }

    /** Millions a second; a burst is over when everybody has all of it. */
    private double deliveries(Burst burst) throws InterruptedException {
        long begun = System.nanoTime();
        long end = begun + options.round().toNanos();
        long bursts = 0;
        long now = begun;
        while (now < end) {
            burst.deliver();
            bursts++;
            now = System.nanoTime();
        }
        return bursts * BURST * SUBSCRIBERS * 1e3 / (now - begun);
    }
}
