package dev.turnbuckle.checks.restore;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.jdbc.PostgresLiveReplay;
import dev.turnbuckle.jdbc.PostgresStorage;
import dev.turnbuckle.jdbc.SchemaMode;
import dev.turnbuckle.jdbc.SqliteStorage;
import dev.turnbuckle.store.Storage;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** Where the sessions are: an original, or what was restored of it. */
sealed interface Database {
    Turnbuckle.Builder runtime();

    /** To look at; nothing is made or migrated. */
    Storage existing();

    /** For plain SQL. */
    Connection connect() throws SQLException;

    /** How it reads a column of JSON text. */
    String json(String column);

    record SqliteFile(Path file) implements Database {
        @Override
        public Turnbuckle.Builder runtime() {
            return Turnbuckle.builder().storage(SqliteStorage.at(file));
        }

        @Override
        public Storage existing() {
            return SqliteStorage.builder(file).schema(SchemaMode.VALIDATE).build();
        }

        @Override
        public Connection connect() throws SQLException {
            return DriverManager.getConnection("jdbc:sqlite:" + file);
        }

        @Override
        public String json(String column) {
            return column;
        }
    }

    record PostgresPlace(int port, String name) implements Database {
        private String url() {
            return "postgres://postgres@localhost:" + port + "/" + name;
        }

        @Override
        public Turnbuckle.Builder runtime() {
            PostgresStorage storage =
                    PostgresStorage.builder(url()).connections(6).build();
            return Turnbuckle.builder().storage(storage).liveReplay(PostgresLiveReplay.beside(storage));
        }

        @Override
        public Storage existing() {
            return PostgresStorage.builder(url()).schema(SchemaMode.VALIDATE).build();
        }

        @Override
        public Connection connect() throws SQLException {
            return DriverManager.getConnection(
                    "jdbc:postgresql://localhost:" + port + "/" + name + "?user=postgres&currentSchema=turnbuckle");
        }

        @Override
        public String json(String column) {
            return column + "::json";
        }
    }
}
