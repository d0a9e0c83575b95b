package dev.turnbuckle.cli;

import dev.turnbuckle.Session;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.cli.out.Screen;
import dev.turnbuckle.jdbc.SchemaMode;
import dev.turnbuckle.jdbc.SqliteStorage;
import dev.turnbuckle.session.SessionView;
import java.nio.file.Files;
import java.nio.file.Path;

/** The database that {@code --db} names. */
final class Store {
    private static final String EXAMPLE = "agents.db";

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

    /** A session keeps its agent; one that this command does not have would never run here. */
    static void requireOurs(Session session, Path file) {
        SessionView view = session.view();
        if (!view.agent().equals(Agent.DEFAULT_NAME)) {
            throw new UsageException("session \"" + Screen.safe(session.id()) + "\" in " + file
                    + " belongs to the agent \"" + view.agent()
                    + "\", which only its own application has; choose another --session");
        }
    }

    private static void requireFile(Path file) {
        if (file.toString().isEmpty()) {
            throw new UsageException("--db is empty; name a file, such as " + EXAMPLE);
        }
        if (Files.isDirectory(file)) {
            throw new UsageException(file + " is a folder; --db names a file, such as " + file.resolve(EXAMPLE));
        }
    }
}
