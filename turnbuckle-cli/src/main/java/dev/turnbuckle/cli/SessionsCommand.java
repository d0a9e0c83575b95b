package dev.turnbuckle.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code turnbuckle sessions}. */
@Command(
        name = "sessions",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        header = "Look at the sessions of a database.",
        footer = {"", "  turnbuckle sessions list --db agents.db", "  turnbuckle sessions show user-42 --json"})
final class SessionsCommand {
    private static final int MOST = 1_000;

    private final Main main;

    SessionsCommand(Main main) {
        this.main = main;
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Newest activity first: id, agent, revision, state, first words.")
    int list(
            @Mixin DatabaseOption database,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "50",
                            description = "How many at most; 50 when not given.")
                    int limit) {
        if (limit < 1 || limit > MOST) {
            throw new UsageException("--limit takes 1 to " + MOST + ", not " + limit);
        }
        Logs.show(main.verbose());
        new Sessions(main.screen(), main.json(), database.store(main)).list(limit);
        return 0;
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "One session: what was said, its turns, its inputs.")
    int show(
            @Parameters(paramLabel = "ID", description = "The session's id.") String id,
            @Mixin DatabaseOption database) {
        Logs.show(main.verbose());
        new Sessions(main.screen(), main.json(), database.store(main)).show(id);
        return 0;
    }
}
