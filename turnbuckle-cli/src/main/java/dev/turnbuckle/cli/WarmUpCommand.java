package dev.turnbuckle.cli;

import dev.turnbuckle.cli.chat.Console;
import dev.turnbuckle.cli.chat.Consoles;
import dev.turnbuckle.cli.out.Piece;
import dev.turnbuckle.cli.out.Screen;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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

    /** The discard port, where a connection is refused at once. */
    private static final String NOBODY = "http://127.0.0.1:9/v1";

    private final Main main;

    WarmUpCommand(Main main) {
        this.main = main;
    }

    @Override
    public Integer call() throws IOException {
        Logs.show(main.verbose());
        Path folder = Files.createTempDirectory("turnbuckle-warm-up");
        try {
            Map<String, String> mine = Map.of("XDG_STATE_HOME", folder.toString());
            Path script = Files.writeString(folder.resolve("script.json"), SCRIPT);
            String database = folder.resolve("agents.db").toString();
            for (int starts = 0; starts < 2; starts++) {
                silently(mine, "run", "-p", "Hi", "--session", "s", "--db", database, "--script", script.toString());
            }
            silently(mine, "run", "-p", "Hi", "--json", "--db", database, "--script", script.toString());
            silently(mine, "chat", "--session", "s", "--db", database, "--script", script.toString());
            silently(mine, "models");
            silently(mine, "models", "--check", "openai:none", "--base-url", NOBODY);
            silently(mine, "sessions", "list", "--db", database);
            silently(mine, "sessions", "show", "s", "--db", database);
            silently(mine, "--help");
            typed();
        } finally {
            remove(folder);
        }
        return 0;
    }

    private static void typed() throws IOException {
        try (Console console = Consoles.unseen("/help\r")) {
            console.show(List.of(Piece.line(Screen.Mark.NAME, "warm")));
            console.ask(Console.Prompt.YOU, "");
        }
    }

    private static void silently(Map<String, String> environment, String... arguments) {
        var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Main.run(arguments, nowhere, nowhere, environment);
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
