package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.HostTransaction;
import dev.turnbuckle.store.SharedTransaction;
import dev.turnbuckle.store.Storage;
import java.sql.Connection;

/** One connection of the pool, for as long as a tool needs it (J10). */
final class ToolTransaction implements SharedTransaction {
    private final Connection connection;
    private final boolean automatic;
    private final Storage joined;
    private final PostgresTransaction transaction;
    private final Runnable left;
    private boolean closed;

    /**
     * @param automatic how the connection came
     * @param left told when the connection was given back
     */
    ToolTransaction(
            Connection connection, boolean automatic, Storage joined, PostgresTransaction transaction, Runnable left) {
        this.connection = connection;
        this.automatic = automatic;
        this.joined = joined;
        this.transaction = transaction;
        this.left = left;
    }

    @Override
    public HostTransaction host() {
        return JdbcTransaction.of(connection);
    }

    @Override
    public Storage storage() {
        return joined;
    }

    @Override
    public void commit() {
        transaction.commitTool(connection);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            PostgresTransaction.rollback(connection);
            transaction.giveBackFromTool(connection, automatic);
            left.run();
        }
    }
}
