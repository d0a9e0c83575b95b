package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import java.sql.Connection;
import java.sql.SQLException;

/** One connection with its held statements and its transactions, begun and ended by statement. Used by one thread at a time. */
final class Link implements AutoCloseable {
    private static final String BEGIN_READ = "BEGIN";
    private static final String BEGIN_WRITE = "BEGIN IMMEDIATE";
    private static final String COMMIT = "COMMIT";
    private static final String ROLLBACK = "ROLLBACK";
    private static final String SAVEPOINT = "SAVEPOINT member";
    private static final String RELEASE = "RELEASE member";
    private static final String ROLLBACK_TO = "ROLLBACK TO member";

    private final Connection connection;
    private final Statements sql;
    private final SqlRows rows;

    Link(Connection connection, Dialect dialect, Environment environment) {
        this.connection = connection;
        this.sql = new Statements(connection);
        this.rows = new SqlRows(sql, dialect, environment);
    }

    Statements sql() {
        return sql;
    }

    SqlRows rows() {
        return rows;
    }

    void beginRead() {
        sql.call(BEGIN_READ).run();
    }

    void beginWrite() {
        sql.call(BEGIN_WRITE).run();
    }

    void commit() {
        sql.call(COMMIT).run();
    }

    /** Also when the database has rolled back by itself: then there is nothing left to do. */
    void rollback() {
        succeeds(ROLLBACK);
    }

    /** Opens a member's savepoint; false when there is no transaction any more (S33). */
    boolean savepoint() {
        return succeeds(SAVEPOINT);
    }

    /** Ends it with its writes; false when it is gone, and so the whole transaction (S33). */
    boolean keep() {
        return succeeds(RELEASE);
    }

    /** Ends it without its writes; false when it is gone, and so the whole transaction (S33). */
    boolean undo() {
        return succeeds(ROLLBACK_TO) && succeeds(RELEASE);
    }

    private boolean succeeds(String statement) {
        try {
            sql.call(statement).run();
            return true;
        } catch (SqlFailure e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new SqlFailure(e);
        }
    }
}
