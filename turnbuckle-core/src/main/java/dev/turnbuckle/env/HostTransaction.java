package dev.turnbuckle.env;

/**
 * A transaction on the database that the application shares with the storage. Made by the module that knows the
 * database: {@code JdbcTransaction.of(connection)} in {@code turnbuckle-jdbc}; handed to {@code Session.send} (Q7).
 * Whoever began it ends it.
 */
public interface HostTransaction {}
