package dev.turnbuckle.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * Runs what most commands run, in a folder of its own that goes again: the launcher's start-up cache holds the classes
 * that this touched. Which alone calls it.
 */
@Command(name = "warm-up", hidden = true)
final class WarmUpCommand implements Callable<Integer> {
    private static final String SCRIPT = """
            {"tools": [{"name": "look", "effect": "READ", "returns": "7"}, {"name": "pay", "effect": "ONCE", "returns": "ok"}],
             "steps": [{"think": "Look first.", "call": {"tool": "look", "arguments": {"at": "it"}}},
                       {"call": {"tool": "pay", "arguments": {"cents": 7}}},
                       {"say": "Paid.", "usage": {"input": 12, "output": 4}}]}
            """;

    @SuppressWarnings("unused")
    private final Main main;

    WarmUpCommand(Main main) {
        this.main = main;
    }

    @Override
    public Integer call() throws IOException {
        Path folder = Files.createTempDirectory("turnbuckle-warm-up");
        try {
            Path script = Files.writeString(folder.resolve("script.json"), SCRIPT);
            String database = folder.resolve("agents.db").toString();
            for (int starts = 0; starts < 2; starts++) {
                silently("run", "-p", "Hi", "--session", "s", "--db", database, "--script", script.toString());
            }
            silently("run", "-p", "Hi", "--json", "--db", database, "--script", script.toString());
            silently("sessions", "list", "--db", database);
            silently("sessions", "show", "s", "--db", database);
            silently("--help");
        } finally {
            remove(folder);
        }
        return 0;
    }

    private static void silently(String... arguments) {
        var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Main.run(arguments, nowhere, nowhere);
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
