package dev.turnbuckle.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which database a command works on. */
final class DatabaseOption {
    @Option(names = "--db", paramLabel = "FILE", description = "The database; " + Places.DATABASE + " when not given.")
    private @Nullable Path file;

    /** The file, which may not be there. */
    Path file(Places places) {
        return file == null ? places.database() : file;
    }

    /** The file; when it is the usual one, its folder is made. */
    Path atWork(Places places) throws IOException {
        if (file == null) {
            places.make();
        }
        return file(places);
    }

    /** Whether the user named it. */
    boolean given() {
        return file != null;
    }
}
