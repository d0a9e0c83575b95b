package dev.turnbuckle.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code turnbuckle doctor}. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        header = "Say whether this machine and a database are well, and what to do when not.",
        description = {
            "",
            "Looks at the JDK, and of the database at its schema, its leases, what waits, its integrity, and how long "
                    + "the disk takes for a sync, which bounds how many turns a second one session can do.",
            ""
        },
        footer = {"", "Exit status: 0 when all is well, 1 when something is not, 2 when there is nothing to look at."})
final class DoctorCommand implements Callable<Integer> {
    @Option(names = "--db", paramLabel = "FILE", description = "The database; agents.db when not given.")
    private @Nullable Path database;

    private final Main main;

    DoctorCommand(Main main) {
        this.main = main;
    }

    @Override
    public Integer call() {
        Logs.show(main.verbose());
        return new Doctor(main.screen(), main.json()).look(database) ? 0 : Errors.FAILED;
    }
}
