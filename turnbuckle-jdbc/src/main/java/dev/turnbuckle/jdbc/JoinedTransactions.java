package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.error.WiringException;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Maintenance.Finding;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.plan.Transactions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Works inside of a transaction that the application began (Q7), on its thread: nothing is set, begun, ended or run
 * again here. Its isolation may be any: the rules rely on the lock of the session's row and on unique keys, and where a
 * stricter isolation sees that as a conflict, the application hears of it and begins again.
 */
final class JoinedTransactions implements Transactions {
    private final PostgresDatabase database;
    private final Connection connection;

    JoinedTransactions(PostgresDatabase database, Connection connection) {
        this.database = database;
        this.connection = connection;
    }

    @Override
    public <T extends @Nullable Object> T write(Work<T> work) {
        return on(work);
    }

    @Override
    public <T extends @Nullable Object> T read(Work<T> work) {
        return on(work);
    }

    private <T extends @Nullable Object> T on(Work<T> work) {
        var sql = new Statements(connection, database.dialect());
        var rows = PostgresRows.writing(sql, database.dialect(), database.environment(), database.schema());
        try {
            requireBegun();
            T result = work.run(rows);
            rows.flush();
            sql.close();
            return result;
        } catch (SqlFailure e) {
            throw database.dialect().explain(e.sql());
        } catch (SQLException e) {
            throw database.dialect().explain(e);
        } catch (Contended e) {
            throw StorageException.retry(
                    "contended", "roll the transaction back and begin it again: " + e.getMessage(), e);
        }
    }

    private void requireBegun() throws SQLException {
        if (connection.getAutoCommit()) {
            throw new WiringException("the connection commits after each statement; begin a transaction on it with "
                    + "setAutoCommit(false), hand it in, and commit it yourself");
        }
    }

    @Override
    public void open(Environment environment) {
        throw new IllegalStateException("a joined storage is open as long as the transaction is");
    }

    @Override
    public Storage.Traits traits() {
        return new Storage.Traits("postgres", database.incarnation(), true, true, true);
    }

    @Override
    public boolean dead(Claimant holder) {
        return false;
    }

    @Override
    public boolean provesDeath() {
        return false;
    }

    @Override
    public List<Finding> examine() {
        return PostgresExamination.of(database);
    }

    /** The transaction is the application's to end. */
    @Override
    public void close() {}
}
