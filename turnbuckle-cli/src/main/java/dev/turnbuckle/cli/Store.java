package dev.turnbuckle.cli;

import dev.turnbuckle.Session;
import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.cli.out.Screen;
import dev.turnbuckle.jdbc.PostgresLiveReplay;
import dev.turnbuckle.jdbc.PostgresStorage;
import dev.turnbuckle.jdbc.SchemaMode;
import dev.turnbuckle.jdbc.SqliteStorage;
import dev.turnbuckle.session.SessionView;
import dev.turnbuckle.store.Storage;
import java.nio.file.Files;
import java.nio.file.Path;

/** The database that {@code --db} names: a file, or a schema of a PostgreSQL server. Its text never holds a password. */
sealed interface Store {
    String EXAMPLE = "agents.db";

    /** To look at: it must be there, and is not migrated. */
    Storage existing();

    /** A runtime to work with, as it begins: the tables are made when they are missing. */
    Turnbuckle.Builder working();

    /** Whether nothing was ever kept in it, as far as one can tell without opening it. */
    boolean isMissing();

    /** @throws UsageException when it can be no database */
    static Store named(String text) {
        if (text.isEmpty()) {
            throw new UsageException("--db is empty; name a file, such as " + EXAMPLE);
        }
        String scheme = text.replaceFirst("^jdbc:", "");
        return scheme.startsWith("postgres://") || scheme.startsWith("postgresql://")
                ? new Server(PostgresStorage.builder(text))
                : new OneFile(Path.of(text));
    }

    /** A session keeps its agent; one that this command does not have would never run here. */
    default void requireOurs(Session session) {
        SessionView view = session.view();
        if (!view.agent().equals(Agent.DEFAULT_NAME)) {
            throw new UsageException("session \"" + Screen.safe(session.id()) + "\" in " + this
                    + " belongs to the agent \"" + view.agent()
                    + "\", which only its own application has; choose another --session");
        }
    }

    /** @param file which may not be there */
    record OneFile(Path file) implements Store {
        @Override
        public Storage existing() {
            requireFile();
            if (!Files.exists(file)) {
                throw new UsageException("there is no database " + file + "; name one with --db");
            }
            if (file.toFile().length() == 0) {
                throw new UsageException(file + " is empty: no session has been written to it");
            }
            return SqliteStorage.builder(file).schema(SchemaMode.VALIDATE).build();
        }

        @Override
        public Turnbuckle.Builder working() {
            requireFile();
            return Turnbuckle.builder().storage(SqliteStorage.at(file));
        }

        @Override
        public boolean isMissing() {
            return !Files.exists(file);
        }

        private void requireFile() {
            if (Files.isDirectory(file)) {
                throw new UsageException(file + " is a folder; --db names a file, such as " + file.resolve(EXAMPLE));
            }
        }

        @Override
        public String toString() {
            return file.toString();
        }
    }

    /** A server that many processes work on, each of which sees what the others show. */
    record Server(PostgresStorage.Builder address) implements Store {
        @Override
        public Storage existing() {
            return address.schema(SchemaMode.VALIDATE).build();
        }

        @Override
        public Turnbuckle.Builder working() {
            PostgresStorage storage = address.build();
            return Turnbuckle.builder().storage(storage).liveReplay(PostgresLiveReplay.beside(storage));
        }

        @Override
        public boolean isMissing() {
            return false;
        }

        @Override
        public String toString() {
            return address.build().toString();
        }
    }
}
