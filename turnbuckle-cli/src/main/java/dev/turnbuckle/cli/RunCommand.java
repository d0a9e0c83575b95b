package dev.turnbuckle.cli;

import dev.turnbuckle.cli.out.Streams;
import dev.turnbuckle.cli.tools.BuiltInTools;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
            "  turnbuckle run -p \"Hi\" --model openai:gpt-5-mini",
            "  git diff | turnbuckle run -p \"Review this\" --model anthropic:claude-sonnet-4-5",
            "  turnbuckle run -p - --json --max-time 60 <question.txt",
            "",
            "A script, in the place of a model, says what is answered and which tools there are:",
            "",
            "  {\"tools\": [{\"name\": \"weather\", \"effect\": \"READ\", \"returns\": \"7 °C, rain\"}],",
            "   \"steps\": [{\"call\": {\"tool\": \"weather\", \"arguments\": {\"city\": \"Oslo\"}}},",
            "             {\"say\": \"Take an umbrella.\", \"pausing\": \"PT0.05S\"}]}",
            "",
            "A tool is READ, IDEMPOTENT or ONCE; \"approval\": true suspends the turn until a person agrees; "
                    + "\"unknown\" says what follows when a crash took the outcome of a ONCE call: TELL_MODEL, ASK_HUMAN "
                    + "or FAIL_TURN."
        })
final class RunCommand implements Callable<Integer> {
    @Option(
            names = {"-p", "--prompt"},
            paramLabel = "TEXT",
            description = "The input. What is piped in follows it; '-' is standard input alone.")
    private @Nullable String prompt;

    @Option(names = "--session", paramLabel = "ID", description = "The session; a new one when not given.")
    private @Nullable String session;

    @Mixin
    private final AgentOptions agent = new AgentOptions();

    @Option(
            names = "--tools",
            paramLabel = "LIST",
            description = "Tools for the model, divided by commas: all, or of time, calculator, read_file, list_files, "
                    + "write_file, which suspends the turn. None when not given.")
    private @Nullable String tools;

    @Mixin
    private final DatabaseOption database = new DatabaseOption();

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
    public Integer call() throws IOException {
        require("--max-calls", calls);
        require("--max-tokens", tokens);
        require("--max-time", seconds);
        Logs.show(main.verbose());
        var bounds = new Run.Bounds(calls, tokens, seconds == null ? null : Duration.ofSeconds(seconds));
        var built = agent.agent(
                        main.environment(),
                        agent.model(main.environment()),
                        tools == null ? List.of() : BuiltInTools.named(tools),
                        "")
                .budget(bounds.budget())
                .build();
        Streams streams = main.streams();
        String input = new Prompt(System.in, streams.input(), Prompt.PATIENCE, main.aside()::line).text(prompt);
        boolean watched = streams.outputIsTerminal() && !main.json();
        return new Run(main.screen(), main.aside(), main.json(), watched)
                .run(new Run.Order(input, session, database.atWork(main), built));
    }

    private static void require(String option, @Nullable Number value) {
        if (value != null && value.longValue() < 1) {
            throw new UsageException(option + " takes a number from 1 on, not " + value);
        }
    }
}
