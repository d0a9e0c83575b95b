package dev.turnbuckle.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** How a transaction on this connection ends: by a statement, or by what the driver does for it. */
final class Ending {
    static final String COMMIT = "COMMIT";
    static final String ROLLBACK = "ROLLBACK";

    private final Connection connection;
    private final @Nullable Statements begun;

    /** @param begun those that began it by a statement; {@code null} where the driver did */
    Ending(Connection connection, @Nullable Statements begun) {
        this.connection = connection;
        this.begun = begun;
    }

    void commit() throws SQLException {
        if (begun == null) {
            connection.commit();
        } else {
            run(begun, COMMIT);
        }
    }

    /** Whatever is left of it. A connection that cannot even do this is the pool's to throw away. */
    void rollback() {
        if (begun == null) {
            PostgresTransaction.rollback(connection);
        } else if (begun.hasBegun()) {
            rollbackByStatement(begun);
        }
    }

    private void rollbackByStatement(Statements begunBy) {
        try {
            run(begunBy, ROLLBACK);
        } catch (SQLException e) {
            abort(connection);
        }
    }

    /** Nobody knows whether it is still in a transaction, and to give it back could end that with COMMIT. */
    static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // then it is closed already
        }
    }

    private void run(Statements begunBy, String statement) throws SQLException {
        begunBy.ask();
        try (var prepared = connection.prepareStatement(statement)) {
            prepared.execute();
        }
    }
}
