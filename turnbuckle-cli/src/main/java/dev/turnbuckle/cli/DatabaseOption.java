package dev.turnbuckle.cli;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which database a command works on. */
final class DatabaseOption {
    /** Names the database where no option does: the address of a server holds its password, and others see options. */
    static final String VARIABLE = "TURNBUCKLE_DB";

    @Option(
            names = {"--db", "--storage"},
            paramLabel = "FILE|URL",
            description = "The database: a file, or postgres://user:password@host/database?schema=turnbuckle. $"
                    + VARIABLE + " when not given, else " + Places.DATABASE + ".")
    private @Nullable String named;

    /** The database, which may not be there. */
    Store store(Main main) {
        String text = named == null ? main.environment().getOrDefault(VARIABLE, "") : named;
        return text.isEmpty() && named == null ? new Store.OneFile(main.places().database()) : Store.named(text);
    }

    /** The same; when it is the usual file, its folder is made. */
    Store atWork(Main main) throws IOException {
        if (!given(main)) {
            main.places().make();
        }
        return store(main);
    }

    /** Whether the user named it. */
    boolean given(Main main) {
        return named != null || !main.environment().getOrDefault(VARIABLE, "").isEmpty();
    }
}
