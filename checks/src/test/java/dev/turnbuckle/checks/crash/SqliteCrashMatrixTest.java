package dev.turnbuckle.checks.crash;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** One file; the next process sees at once that the killed one is dead (L7). */
class SqliteCrashMatrixTest extends CrashMatrix {
    @Override
    String database(String name) {
        return file(name).toString();
    }

    @Override
    Connection connect(String name) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file(name));
    }

    private Path file(String name) {
        return folder.resolve(name).resolve("agents.db");
    }

    @Override
    String json(String column) {
        return column;
    }
}
