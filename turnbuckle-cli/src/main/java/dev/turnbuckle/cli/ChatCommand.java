package dev.turnbuckle.cli;

import dev.turnbuckle.Session;
import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.cli.chat.Chat;
import dev.turnbuckle.cli.chat.Console;
import dev.turnbuckle.cli.chat.Consoles;
import dev.turnbuckle.cli.out.Piece;
import dev.turnbuckle.cli.out.Screen.Mark;
import dev.turnbuckle.cli.tools.BuiltInTools;
import dev.turnbuckle.env.Environment;
import dev.turnbuckle.session.PageRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code turnbuckle chat}. */
@Command(
        name = "chat",
        mixinStandardHelpOptions = true,
        header = "Talk with a model that can look at the files of this folder.",
        description = {
            "",
            "Every line that you send is on disk before anything runs. Kill this at any moment, start it again with "
                    + "the same --session, and the turn that was open goes on where it stood.",
            ""
        },
        footer = {
            "",
            "While a turn runs, type: the model reads it at its next step. Ctrl-C stops the turn, twice leaves. "
                    + "/help lists the commands.",
            "",
            "Tools: time, calculator, read_file and list_files for this folder and below, and write_file, which asks "
                    + "you first. Where lines cannot be edited (TERM=dumb, a pipe), it reads and writes plain lines.",
            "",
            "  turnbuckle chat --model openai:gpt-5-mini",
            "  turnbuckle chat --continue                  the session that you used last",
            "  turnbuckle chat --model ollama:qwen3 --session notes"
        })
final class ChatCommand implements Callable<Integer>, Chat.Runtimes {
    private static final String INSTRUCTIONS =
            "You talk with a person at a terminal of 80 columns. Answer in plain text, "
                    + "briefly. Use the tools for times, sums and files instead of guessing.";

    @Mixin
    private final AgentOptions agent = new AgentOptions();

    @Option(names = "--session", paramLabel = "ID", description = "The session; a new one when not given.")
    private @Nullable String session;

    @Option(
            names = {"-c", "--continue"},
            description = "Go on with the session that was used last.")
    private boolean last;

    @Mixin
    private final DatabaseOption database = new DatabaseOption();

    private final Main main;
    private @Nullable Turnbuckle open;

    ChatCommand(Main main) {
        this.main = main;
    }

    @Override
    public Integer call() throws Exception {
        if (session != null && last) {
            throw new UsageException("--session names the session, --continue takes the last one; give one of them");
        }
        Logs.show(main.verbose());
        String model = agent.model(main.environment());
        requireModel(model); // what is wrong with it is told before the screen changes
        Store store = database.atWork(main);
        main.places().make();
        boolean isNew = store.isMissing();
        try (Console console = Consoles.open(
                main.streams(), System.in, main.out(), main.places().history())) {
            if (isNew) {
                console.show(List.of(Piece.line(Mark.FAINT, "what is said is kept in " + store)));
            }
            return new Chat(console, this, model, System.getProperty("user.name", "user")).run();
        }
    }

    @Override
    public void requireModel(String model) {
        agent(model);
    }

    private Agent.Builder agent(String model) {
        return agent.agent(main.environment(), model, BuiltInTools.all(), INSTRUCTIONS)
                .newInputSupersedesWaits();
    }

    @Override
    public Turnbuckle open(String model) {
        Agent built = agent(model).build();
        if (open != null) {
            open.close();
        }
        Turnbuckle opened = database.store(main).working().agent(built).build();
        open = opened;
        return opened;
    }

    @Override
    public String first(Turnbuckle turnbuckle) {
        if (session != null) {
            return session;
        }
        return last
                ? turnbuckle.sessions().list(PageRequest.first(1)).items().stream()
                        .findFirst()
                        .orElseThrow(() -> new UsageException("there is no session yet in " + database.store(main)))
                        .id()
                : newId();
    }

    @Override
    public void requireOurs(Session opened) {
        database.store(main).requireOurs(opened);
    }

    @Override
    public String newId() {
        return "chat-" + Environment.system().id().substring(0, 8);
    }

    @Override
    public Map<String, String> context() {
        return Map.of(BuiltInTools.FOLDER, Path.of("").toAbsolutePath().toString());
    }
}
