package dev.turnbuckle.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code turnbuckle doctor}. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        header = "Say whether this machine and a database are well, and what to do when not.",
        description = {
            "",
            "Looks at the JDK, and of the database at its schema, its leases, what waits, its integrity, and how long "
                    + "the disk takes for a sync, which bounds how many turns a second one session can do. On PostgreSQL "
                    + "also at settings that break durability, at clocks, at leases and turns that nobody gets on with.",
            ""
        },
        footer = {"", "Exit status: 0 when all is well, 1 when something is not, 2 when there is nothing to look at."})
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private final DatabaseOption database = new DatabaseOption();

    private final Main main;

    DoctorCommand(Main main) {
        this.main = main;
    }

    @Override
    public Integer call() {
        Logs.show(main.verbose());
        return new Doctor(main.screen(), main.json()).look(database.store(main), database.given(main))
                ? 0
                : Errors.FAILED;
    }
}
