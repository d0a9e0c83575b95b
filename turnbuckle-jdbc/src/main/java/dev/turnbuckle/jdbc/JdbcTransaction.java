package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.HostTransaction;
import java.sql.Connection;

/**
 * The transaction that is open on a connection of the application's, for {@code session.send(transaction, input)} (Q7).
 * Used by one thread; nothing here commits, rolls back or closes it.
 *
 * @param connection to the database that the storage is in, auto-commit off
 */
public record JdbcTransaction(Connection connection) implements HostTransaction {
    public static JdbcTransaction of(Connection connection) {
        return new JdbcTransaction(connection);
    }
}
