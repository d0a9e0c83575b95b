package dev.turnbuckle.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Keeps the driver from preparing a statement on the server, where the next transaction of the connection is another
 * one's. Asks the driver by name, as {@link PostgresNotifications} does.
 */
final class Unprepared {
    private final Class<?> type;
    private final Method threshold;

    private Unprepared(Class<?> type, Method threshold) {
        this.type = type;
        this.threshold = threshold;
    }

    static Unprepared ofTheDriver() throws SQLException {
        try {
            Class<?> type = Class.forName("org.postgresql.PGStatement");
            return new Unprepared(type, type.getMethod("setPrepareThreshold", int.class));
        } catch (ReflectiveOperationException e) {
            throw new SQLException("not the driver of PostgreSQL", e);
        }
    }

    /** What hides the driver's statement has to be told by the application itself ({@code prepareThreshold=0}). */
    void keep(Statement statement) throws SQLException {
        if (!statement.isWrapperFor(type)) {
            return;
        }
        try {
            threshold.invoke(statement.unwrap(type), 0);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof SQLException sql ? sql : new SQLException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new SQLException("the driver hides what it promises", e);
        }
    }
}
