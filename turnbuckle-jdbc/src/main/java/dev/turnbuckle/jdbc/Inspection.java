package dev.turnbuckle.jdbc;

import dev.turnbuckle.error.WiringException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** What a file holds, found out without changing it (S24). */
final class Inspection {
    /** "Tbkl", set by the first script. */
    static final int APPLICATION_ID = 0x54626b6c;

    static final String APPLICATION = "PRAGMA application_id";

    /** How many tables of somebody else's a message names. */
    private static final int NAMED_TABLES = 5;

    private static final String TABLES =
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name LIMIT ?";

    private Inspection() {}

    /**
     * @return its schema version, 0 for a file that is missing or empty
     * @throws dev.turnbuckle.error.TurnbuckleException when it is somebody else's, or none at all
     */
    static int schema(Path file, Connector connector, SqliteDialect dialect) {
        if (isEmpty(file)) {
            return 0;
        }
        try (var connection = connector.open(Connector.Use.INSPECT)) {
            return schema(file, new Statements(connection));
        } catch (SQLException e) {
            throw dialect.explain(e);
        } catch (SqlFailure e) {
            throw dialect.explain(e.sql());
        }
    }

    private static boolean isEmpty(Path file) {
        try {
            return !Files.exists(file) || Files.size(file) == 0;
        } catch (IOException e) {
            throw new WiringException(file + " cannot be read: " + e);
        }
    }

    private static int schema(Path file, Statements sql) {
        Long application = sql.call(APPLICATION).first(Line::number);
        List<String> tables = sql.call(TABLES).number(NAMED_TABLES).all(Line::text);
        boolean ours = application != null && application == APPLICATION_ID;
        if (ours && !tables.isEmpty()) {
            return Schema.found(sql);
        }
        if (tables.isEmpty() && (application == null || application == 0)) {
            return 0;
        }
        throw new WiringException(file + " is a database of another program (application id " + application
                + ", tables " + String.join(", ", tables) + "): it was not touched; name another file");
    }
}
