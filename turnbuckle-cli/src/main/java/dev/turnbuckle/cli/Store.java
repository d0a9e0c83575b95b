package dev.turnbuckle.cli;

import dev.turnbuckle.jdbc.SchemaMode;
import dev.turnbuckle.jdbc.SqliteStorage;
import java.nio.file.Files;
import java.nio.file.Path;

/** The database that {@code --db} names. */
final class Store {
    static final String DEFAULT = "agents.db";

    private Store() {}

    /** To look at: it must be there, and is not migrated. */
    static SqliteStorage existing(Path file) {
        requireFile(file);
        if (!Files.exists(file)) {
            throw new UsageException("there is no database " + file + "; name one with --db");
        }
        if (file.toFile().length() == 0) {
            throw new UsageException(file + " is empty: no session has been written to it");
        }
        return SqliteStorage.builder(file).schema(SchemaMode.VALIDATE).build();
    }

    /** To work with: it is made when it is missing. */
    static SqliteStorage atWork(Path file) {
        requireFile(file);
        return SqliteStorage.at(file);
    }

    private static void requireFile(Path file) {
        if (file.toString().isEmpty()) {
            throw new UsageException("--db is empty; name a file, such as " + DEFAULT);
        }
        if (Files.isDirectory(file)) {
            throw new UsageException(file + " is a folder; --db names a file, such as " + file.resolve(DEFAULT));
        }
    }
}
