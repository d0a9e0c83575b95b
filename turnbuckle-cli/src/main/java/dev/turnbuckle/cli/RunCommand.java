package dev.turnbuckle.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code turnbuckle run}. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        header = "Send one input, drive its turn, print the answer.",
        description = {
            "",
            "The input is on disk before anything runs: if this is killed, run it again with the same --session and the "
                    + "turn that was open goes on first. Prints the session's id first and the result last. Ctrl-C "
                    + "cancels the turn and waits until that is committed.",
            ""
        },
        footer = {
            "",
            "Exit status: 0 answered, 1 failed, 2 wrong usage, 3 budget exhausted, 4 suspended, 130 cancelled.",
            "",
            "A script says what the model answers and which tools there are, for now in the place of a model:",
            "",
            "  {\"tools\": [{\"name\": \"weather\", \"effect\": \"READ\", \"returns\": \"7 °C, rain\"}],",
            "   \"steps\": [{\"call\": {\"tool\": \"weather\", \"arguments\": {\"city\": \"Oslo\"}}},",
            "             {\"say\": \"Take an umbrella.\", \"pausing\": \"PT0.05S\"}]}",
            "",
            "A tool is READ, IDEMPOTENT or ONCE; \"approval\": true suspends the turn until a person agrees."
        })
final class RunCommand implements Callable<Integer> {
    @Option(
            names = {"-p", "--prompt"},
            required = true,
            paramLabel = "TEXT",
            description = "The input.")
    private String prompt = "";

    @Option(names = "--session", paramLabel = "ID", description = "The session; a new one when not given.")
    private @Nullable String session;

    @Option(
            names = "--db",
            paramLabel = "FILE",
            description = "The database; agents.db when not given, made when missing.")
    private Path database = Path.of(Store.DEFAULT);

    @Option(names = "--script", required = true, paramLabel = "FILE", description = "What the model says; see below.")
    private Path script = Path.of("");

    @Option(names = "--max-calls", paramLabel = "N", description = "Model calls of the turn at most.")
    private @Nullable Integer calls;

    @Option(names = "--max-tokens", paramLabel = "N", description = "Tokens of the turn at most.")
    private @Nullable Long tokens;

    @Option(names = "--max-time", paramLabel = "SECONDS", description = "Driven time of the turn at most.")
    private @Nullable Integer seconds;

    private final Main main;

    RunCommand(Main main) {
        this.main = main;
    }

    @Override
    public Integer call() {
        if (prompt.isBlank()) {
            throw new UsageException("--prompt is empty; say what you want");
        }
        require("--max-calls", calls);
        require("--max-tokens", tokens);
        require("--max-time", seconds);
        Logs.show(main.verbose());
        var bounds = new Run.Bounds(calls, tokens, seconds == null ? null : Duration.ofSeconds(seconds));
        return new Run(main.screen(), main.aside(), main.json())
                .run(new Run.Order(prompt, session, database, script, bounds));
    }

    private static void require(String option, @Nullable Number value) {
        if (value != null && value.longValue() < 1) {
            throw new UsageException(option + " takes a number from 1 on, not " + value);
        }
    }
}
