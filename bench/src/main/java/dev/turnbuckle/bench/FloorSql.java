package dev.turnbuckle.bench;

import java.sql.SQLException;
import java.util.List;

/** Where the floor's statements go, one transaction after the other. */
interface FloorSql {
    /** A statement with these parameters: texts, numbers or bytes. */
    void run(String sql, Object... parameters) throws SQLException;

    /** Rows of history, from the next depth on. */
    void entries(Entries entries) throws SQLException;

    record Entries(long branch, long depth, String turn, String chain, List<String> messages) {}
}
