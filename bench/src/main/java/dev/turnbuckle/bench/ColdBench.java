package dev.turnbuckle.bench;

import dev.turnbuckle.bench.Figure.Bar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The command line as a person uses it, from the return key to the prompt: {@code turnbuckle run -p …}, one durable turn
 * with a call of a tool. The model is a script, so nobody waits for a network.
 */
final class ColdBench {
    private static final int WARM_UP_ROUNDS = 3;
    private static final long PATIENCE_SECONDS = 300;
    private static final String ANSWER = "Take an umbrella.";
    private static final String SCRIPT = """
            {"tools": [{"name": "weather", "effect": "ONCE", "returns": "7 °C, rain"}],
             "steps": [{"call": {"tool": "weather", "arguments": {"city": "Oslo"}}},
                       {"say": "%s"}]}
            """.formatted(ANSWER);

    private final Options options;
    private final Path folder;
    private final Progress progress;

    ColdBench(Options options, Path folder, Progress progress) {
        this.options = options;
        this.folder = folder;
        this.progress = progress;
    }

    void run(Consumer<Figure> figures) throws IOException, InterruptedException {
        Path script = Files.writeString(folder.resolve("script.json"), SCRIPT);
        Path existing = folder.resolve("existing.db");
        var floors = new Samples();
        var olds = new Samples();
        var news = new Samples();
        for (int round = 1 - WARM_UP_ROUNDS; round <= options.rounds(); round++) {
            long least = least();
            long old = turn(script, existing);
            if (round == 1 - WARM_UP_ROUNDS) {
                awaitCache();
            }
            long fresh = turn(script, folder.resolve("new-" + (round + WARM_UP_ROUNDS) + ".db"));
            progress.say(
                    "cold" + (round < 1 ? ", warming up" : ", round " + round + " of " + options.rounds()) + ": floor "
                            + Figure.plain(least / 1e6) + ", existing " + Figure.plain(old / 1e6) + ", new "
                            + Figure.plain(fresh / 1e6) + " ms");
            if (round >= 1) {
                floors.add(least);
                olds.add(old);
                news.add(fresh);
            }
        }
        double floor = floors.at(0.5) / 1e6;
        figures.accept(new Figure("cold-existing-ms", olds.at(0.5) / 1e6, "ms", floor, Bar.valueAtMost(500)));
        figures.accept(new Figure("cold-new-ms", news.at(0.5) / 1e6, "ms", floor, Bar.valueAtMost(800)));
    }

    /** A person's terminal has nothing to say either. */
    private ProcessBuilder.Redirect nothing() throws IOException {
        Path empty = folder.resolve("nothing.txt");
        if (Files.notExists(empty)) {
            Files.createFile(empty);
        }
        return ProcessBuilder.Redirect.from(empty.toFile());
    }

    /** The first start leaves another process behind that makes the start-up cache: what follows would compete with it. */
    private void awaitCache() throws IOException, InterruptedException {
        Path program = options.launcher().resolveSibling("turnbuckle-cli").resolve("target");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (any(program, ".making") && System.nanoTime() < end) {
            Thread.sleep(100);
        }
        progress.say("cold: " + (any(program, ".aot") ? "with" : "without") + " a start-up cache");
    }

    private static boolean any(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(f -> f.toString().endsWith(ending));
        }
    }

    /** A Java program that does nothing, started with the same flags. */
    private long least() throws IOException, InterruptedException {
        return nanos(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-cp",
                        options.program().toString(),
                        Nothing.class.getName()),
                Nothing.SAID);
    }

    private long turn(Path script, Path database) throws IOException, InterruptedException {
        return nanos(
                List.of(
                        options.launcher().toString(),
                        "run",
                        "-p",
                        "What should I wear in Oslo?",
                        "--db",
                        database.toString(),
                        "--script",
                        script.toString()),
                ANSWER);
    }

    /** From the start of the process to its end. */
    private long nanos(List<String> command, String lastLine) throws IOException, InterruptedException {
        Path said = folder.resolve("said.txt");
        long before = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectInput(nothing())
                .redirectOutput(said.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException(command + " did not end");
        }
        long nanos = System.nanoTime() - before;
        List<String> lines = new ArrayList<>(Files.readAllLines(said));
        if (process.exitValue() != 0 || lines.isEmpty() || !lines.getLast().equals(lastLine)) {
            throw new IllegalStateException(
                    command + " ended with status " + process.exitValue() + " and said " + lines);
        }
        return nanos;
    }
}
