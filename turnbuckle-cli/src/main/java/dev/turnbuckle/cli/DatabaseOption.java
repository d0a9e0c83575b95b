package dev.turnbuckle.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which database a command works on. */
final class DatabaseOption {
    @Option(names = "--db", paramLabel = "FILE", description = "The database; " + Places.DATABASE + " when not given.")
    private @Nullable Path file;

    /** The file, which may not be there. */
    Path file() {
        return file == null ? Places.ofThisUser().database() : file;
    }

    /** Whether the user named it. */
    boolean given() {
        return file != null;
    }
}
