package dev.turnbuckle.cli;

import dev.turnbuckle.cli.out.Screen;
import dev.turnbuckle.cli.out.Streams;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The {@code turnbuckle} command. What needs the runtime is loaded by the subcommand that does. */
@Command(
        name = "turnbuckle",
        description = "Durable LLM agents for Java.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "  turnbuckle chat --model openai:gpt-5-mini     talk; a killed one goes on",
            "  turnbuckle run -p \"Hi\" --model ollama:qwen3   one turn, for scripts",
            "  turnbuckle demo                               see a killed agent go on",
            "",
            "'turnbuckle COMMAND --help' says more."
        })
public final class Main {
    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print JSON, a line each, for programs.")
    private boolean json;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Show warnings, and where in the program an error comes from.")
    private boolean verbose;

    Main(PrintStream out, PrintStream err, Map<String, String> environment) {
        this.out = out;
        this.err = err;
        this.environment = environment;
    }

    public static void main(String[] arguments) {
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        var err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        int status = run(arguments, out, err);
        out.flush();
        System.exit(status);
    }

    /** @return the exit status */
    static int run(String[] arguments, PrintStream out, PrintStream err) {
        return run(arguments, out, err, System.getenv());
    }

    /** @param environment what the user has set, by name */
    static int run(String[] arguments, PrintStream out, PrintStream err, Map<String, String> environment) {
        var main = new Main(out, err, environment);
        return Commands.named(main, arguments)
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler(Errors::usage)
                .setExecutionExceptionHandler((e, command, parsed) -> Errors.show(e, command, main.verbose))
                .execute(arguments);
    }

    Screen screen() {
        return new Screen(out, !json && streams().colours());
    }

    PrintStream out() {
        return out;
    }

    /** For people, beside what a program reads. */
    Screen aside() {
        return new Screen(err, streams().colours());
    }

    Map<String, String> environment() {
        return environment;
    }

    Streams streams() {
        return Streams.ofThisProcess(environment);
    }

    Places places() {
        return Places.of(environment);
    }

    boolean json() {
        return json;
    }

    boolean verbose() {
        return verbose;
    }

    /** How the user calls this program. */
    static String command() {
        return System.getProperty("turnbuckle.command", "turnbuckle");
    }
}
