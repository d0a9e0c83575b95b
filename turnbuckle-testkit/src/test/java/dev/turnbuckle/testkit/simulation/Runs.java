package dev.turnbuckle.testkit.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** Many seeds on all processors, their counters together, and a trace file for each that breaks a rule. */
final class Runs {
    static final Path FOLDER = Path.of("target", "simulation");

    /** Broken seeds are kept up to here; more of them tell no more. */
    private static final int MAX_BROKEN = 10;

    private final Simulation simulation;
    private final SortedMap<String, Long> reached = new TreeMap<>();
    private final SortedMap<Long, String> broken = new TreeMap<>();
    private final long from;
    private final long to;
    private Duration took = Duration.ZERO;

    Runs(Simulation simulation, long from, long to) {
        this.simulation = simulation;
        this.from = from;
        this.to = to;
    }

    Runs run() throws InterruptedException {
        long begun = System.nanoTime();
        var next = new AtomicLong(from);
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (long seed = next.getAndIncrement(); seed <= to && !enough(); seed = next.getAndIncrement()) {
                    keep(simulation.run(seed));
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        took = Duration.ofNanos(System.nanoTime() - begun);
        return this;
    }

    private synchronized boolean enough() {
        return broken.size() >= MAX_BROKEN;
    }

    private synchronized void keep(SimulationResult result) {
        result.reached().forEach((name, n) -> reached.merge(name, n, Long::sum));
        if (!result.violations().isEmpty() || from == to) {
            Path file = write(result);
            if (!result.violations().isEmpty()) {
                broken.put(result.seed(), told(result, file));
            }
        }
    }

    static String told(SimulationResult result, Path file) {
        return "seed " + result.seed()
                + " breaks a rule. Run it again with\n    mvn -B verify -pl turnbuckle-testkit -am"
                + " -Dtest=SimulationTest -Dsurefire.failIfNoSpecifiedTests=false -Dsimulation.seed=" + result.seed()
                + "\n  what happened: " + file.toAbsolutePath() + "\n  "
                + result.violations().stream().map(Violation::toString).collect(Collectors.joining("\n  "));
    }

    static Path write(SimulationResult result) {
        try {
            Files.createDirectories(FOLDER);
            return Files.write(FOLDER.resolve("seed-" + result.seed() + ".txt"), result.trace());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Seeds, time and counters, for people. */
    void report(String name) throws IOException {
        var lines = new ArrayList<String>();
        lines.add("seeds " + from + " to " + to + " in " + took.toSeconds() + " s");
        reached.forEach((what, n) -> lines.add(String.format("%8d  %s", n, what)));
        Files.createDirectories(FOLDER);
        Files.write(FOLDER.resolve(name), lines);
    }

    List<String> broken() {
        return List.copyOf(broken.values());
    }

    SortedMap<String, Long> reached() {
        return reached;
    }
}
