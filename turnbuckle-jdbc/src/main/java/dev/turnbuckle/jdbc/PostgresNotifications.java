package dev.turnbuckle.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection that listens. JDBC knows no notifications, so this asks the driver, by name: nothing here may need it when
 * classes are loaded, nor the annotations that its class files refer to.
 */
final class PostgresNotifications {
    private final Connection connection;
    private final Object driver;
    private final Method next;
    private final boolean automatic;

    private PostgresNotifications(Connection connection, Object driver, Method next) throws SQLException {
        this.connection = connection;
        this.driver = driver;
        this.next = next;
        this.automatic = connection.getAutoCommit();
    }

    static PostgresNotifications on(Connection connection, String channel) throws SQLException {
        PostgresNotifications notifications = of(connection);
        connection.setAutoCommit(true);
        notifications.execute("LISTEN \"" + channel + "\"");
        return notifications;
    }

    /** Before anything is changed: a connection that cannot tell goes back as it came. */
    private static PostgresNotifications of(Connection connection) throws SQLException {
        try {
            Class<?> type = Class.forName("org.postgresql.PGConnection");
            return new PostgresNotifications(
                    connection, connection.unwrap(type), type.getMethod("getNotifications", int.class));
        } catch (ReflectiveOperationException e) {
            throw new SQLException("not the driver of PostgreSQL", e);
        }
    }

    /** For a connection that goes back to somebody. */
    void end() throws SQLException {
        execute("UNLISTEN *");
        connection.setAutoCommit(automatic);
    }

    private void execute(String command) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(command);
        }
    }

    /** @return their payloads; none when nothing came in time and the connection still answers */
    List<String> next(Duration atMost) throws SQLException {
        @Nullable Object @Nullable [] came = (Object[]) called(next, driver, Math.toIntExact(atMost.toMillis()));
        if (came == null || came.length == 0) {
            execute("SELECT 1");
            return List.of();
        }
        var payloads = new ArrayList<String>();
        for (Object each : came) {
            if (each != null) {
                payloads.add(String.valueOf(called(parameter(each), each)));
            }
        }
        return payloads;
    }

    private static Method parameter(Object notification) throws SQLException {
        try {
            return Class.forName("org.postgresql.PGNotification").getMethod("getParameter");
        } catch (ReflectiveOperationException e) {
            throw new SQLException("not a notification of PostgreSQL: " + notification, e);
        }
    }

    private static @Nullable Object called(Method method, Object target, Object... arguments) throws SQLException {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof SQLException sql ? sql : new SQLException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new SQLException("the driver hides what it promises", e);
        }
    }
}
