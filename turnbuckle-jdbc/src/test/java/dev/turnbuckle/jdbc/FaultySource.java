package dev.turnbuckle.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** A source of connections that can be away, and whose commits can land unheard. */
final class FaultySource {
    private final AtomicInteger connections = new AtomicInteger();
    private volatile boolean away;
    private final AtomicBoolean losing = new AtomicBoolean();

    void goAway() {
        away = true;
    }

    void comeBack() {
        away = false;
    }

    void loseNextCommit() {
        losing.set(true);
    }

    int connections() {
        return connections.get();
    }

    DataSource around(DataSource inner) {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("getConnection")) {
                        return called(inner, method, arguments);
                    }
                    if (away) {
                        throw new SQLException("nobody is there", "08001");
                    }
                    connections.incrementAndGet();
                    return faulty((Connection) called(inner, method, arguments));
                });
    }

    private Connection faulty(Connection inner) {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    Object result = called(inner, method, arguments);
                    if (method.getName().equals("commit") && losing.getAndSet(false)) {
                        throw new SQLException("the answer was lost", "08006");
                    }
                    return result;
                });
    }

    private static Object called(Object target, java.lang.reflect.Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
