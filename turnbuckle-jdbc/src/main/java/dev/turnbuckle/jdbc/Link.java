package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;

/** One connection with its held statements and its transactions, begun and ended by statement. Used by one thread at a time. */
final class Link implements AutoCloseable {
    private static final String BEGIN_READ = "BEGIN";
    private static final String BEGIN_WRITE = "BEGIN IMMEDIATE";
    private static final String OTHERS_VERSION = "PRAGMA data_version";
    private static final String COMMIT = "COMMIT";
    private static final String ROLLBACK = "ROLLBACK";
    private static final String SAVEPOINT = "SAVEPOINT member";
    private static final String RELEASE = "RELEASE member";
    private static final String ROLLBACK_TO = "ROLLBACK TO member";

    private final Connection connection;
    private final Statements sql;
    private final SqlRows rows;

    private Link(Connection connection, Statements sql, SqlRows rows) {
        this.connection = connection;
        this.sql = sql;
        this.rows = rows;
    }

    static Link reading(Connection connection, Dialect dialect, Environment environment) {
        var sql = new Statements(connection);
        return new Link(connection, sql, new SqlRows(sql, dialect, environment));
    }

    /** The only connection of this process that writes rows. */
    static Link writing(Connection connection, Dialect dialect, Environment environment) {
        var sql = new Statements(connection);
        return new Link(connection, sql, new RecentRows(sql, dialect, environment));
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

    /** Changes when another connection, of whatever process, has committed. To be asked inside a transaction. */
    long othersVersion() {
        Long version = sql.call(OTHERS_VERSION).first(Line::number);
        return Objects.requireNonNull(version);
    }

    void commit() {
        sql.call(COMMIT).run();
    }

    /** Also when the database has rolled back by itself: then there is nothing left to do. */
    void rollback() {
        rows.forget();
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
        rows.forget();
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
