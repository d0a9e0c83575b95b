package dev.turnbuckle.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import javax.sql.DataSource;

/** Transactions of a live replay: short, without retries, lost with the server's memory. */
final class LiveLink {
    private static final List<String> READING =
            List.of("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY", "SET LOCAL statement_timeout = 5000");

    /** A process that was stopped must not hold a session's header: others could not go on with its stream. */
    private static final List<String> WRITING = List.of(
            "SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE",
            "SET LOCAL statement_timeout = 5000",
            "SET LOCAL lock_timeout = 1000",
            "SET LOCAL idle_in_transaction_session_timeout = 2000",
            "SET LOCAL synchronous_commit = off");

    private final DataSource source;
    private final PostgresDialect dialect;

    LiveLink(DataSource source, PostgresDialect dialect) {
        this.source = source;
        this.dialect = dialect;
    }

    DataSource source() {
        return source;
    }

    PostgresDialect dialect() {
        return dialect;
    }

    /** Nobody knows whether the transaction was kept. */
    static final class CommitUnknown extends RuntimeException {
        private static final long serialVersionUID = 1L;

        CommitUnknown(SQLException cause) {
            super(cause);
        }
    }

    /** One snapshot. */
    <T> T read(Function<Statements, T> work) {
        return on(READING, work, false);
    }

    /** @throws CommitUnknown when COMMIT was not answered; after any other failure nothing was done */
    <T> T write(Function<Statements, T> work) {
        return on(WRITING, work, true);
    }

    private <T> T on(List<String> settings, Function<Statements, T> work, boolean keep) {
        try (Connection connection = source.getConnection()) {
            boolean automatic = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try {
                T done = within(connection, settings, work);
                if (keep) {
                    commit(connection);
                }
                return done;
            } finally {
                restore(connection, automatic);
            }
        } catch (SQLException e) {
            throw new SqlFailure(e);
        }
    }

    private <T> T within(Connection connection, List<String> settings, Function<Statements, T> work)
            throws SQLException {
        var sql = new Statements(connection, dialect);
        try {
            sql.begin(settings);
            return work.apply(sql);
        } finally {
            sql.close();
        }
    }

    private void commit(Connection connection) throws SQLException {
        try {
            connection.commit();
        } catch (SQLException e) {
            if (dialect.trouble(e) == Dialect.Trouble.LOST) {
                throw new CommitUnknown(e);
            }
            throw e;
        }
    }

    /** How the transaction ended stands already; a connection that fails here is the pool's to throw away. */
    private static void restore(Connection connection, boolean automatic) {
        try {
            connection.rollback();
            connection.setAutoCommit(automatic);
        } catch (SQLException e) {
            // nothing of it was to be kept
        }
    }
}
