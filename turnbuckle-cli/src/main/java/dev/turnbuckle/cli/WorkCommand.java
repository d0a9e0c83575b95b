package dev.turnbuckle.cli;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.cli.out.Screen;
import dev.turnbuckle.cli.tools.BuiltInTools;
import dev.turnbuckle.tool.Tool;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** {@code turnbuckle worker}. */
@Command(
        name = "worker",
        mixinStandardHelpOptions = true,
        header = "Drive what is due in a database, until it is stopped.",
        description = {
            "",
            "As many workers as you like share a database; each session is driven by one at a time, and when one dies "
                    + "another one goes on with its sessions. On SIGTERM or Ctrl-C a worker takes nothing new, finishes "
                    + "what it can before --drain is over, and hands the rest to the others.",
            ""
        },
        footer = {
            "",
            "Exit status: 0 when it was stopped, 1 when it failed, 2 wrong usage.",
            "",
            "  turnbuckle worker --storage postgres://agents@db/agents --model openai:gpt-5-mini",
            "  TURNBUCKLE_DB=postgres://agents:secret@db/agents turnbuckle worker --turns 64 --drain 25"
        })
final class WorkCommand implements Callable<Integer> {
    /** What closing takes beside the drain, at most. */
    private static final Duration GOODBYE = Duration.ofSeconds(15);

    @Mixin
    private final AgentOptions agent = new AgentOptions();

    @Option(
            names = "--tools",
            paramLabel = "LIST",
            description = "Tools for the model, divided by commas, as for 'run'. None when not given.")
    private @Nullable String tools;

    @Mixin
    private final DatabaseOption database = new DatabaseOption();

    @Option(names = "--name", paramLabel = "NAME", description = "Its name in leases; made up when not given.")
    private @Nullable String name;

    @Option(
            names = "--turns",
            paramLabel = "N",
            description = "Turns driven at once; 256 when not given.",
            defaultValue = "256")
    private int turns;

    @Option(
            names = "--drain",
            paramLabel = "SECONDS",
            description = "How long effects may finish when it is stopped; 10 when not given.",
            defaultValue = "10")
    private int drain;

    @Option(
            names = "--lease",
            paramLabel = "SECONDS",
            description =
                    "How long a session waits for a silent worker before another one takes it; 30 when not given.",
            defaultValue = "30")
    private int lease;

    private final Main main;
    private final CountDownLatch done = new CountDownLatch(1);

    WorkCommand(Main main) {
        this.main = main;
    }

    @Override
    public Integer call() throws Exception {
        require("--turns", turns, 1);
        require("--drain", drain, 0);
        require("--lease", lease, 1);
        Logs.show(true);
        Store store = database.atWork(main);
        List<Tool> own = tools == null ? List.of() : BuiltInTools.named(tools);
        Agent built = agent.agent(main.environment(), agent.model(main.environment()), own, "")
                .build();
        String worker = name == null ? "worker-" + ProcessHandle.current().pid() : name;
        try (Turnbuckle turnbuckle = store.working()
                .agent(built)
                .name(worker)
                .concurrentTurns(turns)
                .drain(Duration.ofSeconds(drain))
                .leaseTtl(Duration.ofSeconds(lease))
                .build()) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(turnbuckle), "turnbuckle-stop"));
            tell("ready", worker, "drives the agent " + built.name() + " in " + store);
            turnbuckle.awaitClose();
        } finally {
            done.countDown();
        }
        return 0;
    }

    private static void require(String option, int value, int least) {
        if (value < least) {
            throw new UsageException(option + " takes a number from " + least + " on, not " + value);
        }
    }

    /** SIGTERM, Ctrl-C: closing drains, and wakes who waits for it. */
    private void stop(Turnbuckle turnbuckle) {
        if (done.getCount() == 0) {
            return;
        }
        tell("draining", "", "for " + drain + " s at most");
        turnbuckle.close();
        try {
            boolean over = done.await(GOODBYE.toSeconds(), TimeUnit.SECONDS);
            tell("stopped", "", over ? "" : "and did not end in time");
            Runtime.getRuntime().halt(over ? 0 : Errors.FAILED);
        } catch (InterruptedException e) {
            Runtime.getRuntime().halt(Errors.FAILED);
        }
    }

    private void tell(String what, String worker, String text) {
        if (main.json()) {
            main.screen()
                    .json(JsonMapper.shared()
                            .createObjectNode()
                            .put("type", what)
                            .put("worker", worker)
                            .put("text", text));
        } else {
            main.screen().line(String.join(" ", what, worker, Screen.safe(text)).strip());
        }
        main.out().flush();
    }
}
