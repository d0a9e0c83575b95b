package dev.turnbuckle.jdbc;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a PostgreSQL connection hears after LISTEN. By reflection: JDBC knows nothing like it, and the driver is the
 * application's.
 */
final class Notifications {
    private static final String CONNECTION = "org.postgresql.PGConnection";
    private static final String NOTIFICATION = "org.postgresql.PGNotification";

    private final Object connection;
    private final Method get;
    private final Method parameter;

    private Notifications(Object connection, Method get, Method parameter) {
        this.connection = connection;
        this.get = get;
        this.parameter = parameter;
    }

    /** @return {@code null} when the driver's own connection cannot be reached through this one */
    static @Nullable Notifications of(Connection connection) throws SQLException {
        try {
            ClassLoader loader = Notifications.class.getClassLoader();
            Class<?> type = Class.forName(CONNECTION, false, loader);
            Class<?> notification = Class.forName(NOTIFICATION, false, loader);
            return connection.isWrapperFor(type)
                    ? new Notifications(
                            connection.unwrap(type),
                            type.getMethod("getNotifications", int.class),
                            notification.getMethod("getParameter"))
                    : null;
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    /** Waits so long for the first one. */
    List<String> hear(int millis) throws SQLException {
        try {
            Object heard = get.invoke(connection, millis);
            var parameters = new ArrayList<String>();
            for (int i = 0; heard != null && i < Array.getLength(heard); i++) {
                parameters.add(String.valueOf(parameter.invoke(Array.get(heard, i))));
            }
            return parameters;
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SQLException sql) {
                throw sql;
            }
            throw new IllegalStateException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
