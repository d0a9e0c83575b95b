package dev.turnbuckle.cli;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;

/** Databases that nobody wants to open. */
final class Databases {
    private Databases() {}

    static Path foreign(Path folder) throws SQLException {
        return execute(folder.resolve("foreign.db"), "CREATE TABLE recipe (name TEXT)");
    }

    static Path newer(Path file) throws SQLException {
        return execute(file, "UPDATE meta SET value = '999' WHERE name = 'schema'");
    }

    private static Path execute(Path file, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
        return file;
    }
}
