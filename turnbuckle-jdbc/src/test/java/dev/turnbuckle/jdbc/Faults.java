package dev.turnbuckle.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Connections whose writer fails where a test says so, and waits for nobody longer than a moment. */
final class Faults {
    static final int FULL = 13;
    static final int IO_ERROR_AT_FSYNC = 10 | 4 << 8;

    private final List<String> pragmas = new ArrayList<>();
    private final AtomicInteger commits = new AtomicInteger();
    private volatile int from = Integer.MAX_VALUE;
    private volatile int to = Integer.MAX_VALUE;
    private volatile int code;

    /** Runs on the writer's connection when it is opened. */
    Faults pragma(String statement) {
        pragmas.add(statement);
        return this;
    }

    /** After so many COMMITs, so many fail with this result code, before they are carried out. */
    void failCommits(int after, int howMany, int resultCode) {
        code = resultCode;
        to = commits.get() + after + howMany;
        from = commits.get() + after;
    }

    Connector connector(Path file) {
        var real = new SqliteConnector(file, SqliteStorage.Synchronous.FULL);
        return use -> {
            Connection connection = real.open(use);
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA busy_timeout = 50");
                if (use == Connector.Use.WRITE) {
                    for (String pragma : pragmas) {
                        statement.execute(pragma);
                    }
                }
            }
            return use == Connector.Use.WRITE ? faulty(connection) : connection;
        };
    }

    private Connection faulty(Connection connection) {
        return proxy(Connection.class, (proxy, method, args) -> {
            Object result = call(connection, method, args);
            return method.getName().equals("prepareStatement") && args[0].equals("COMMIT")
                    ? faulty((PreparedStatement) result)
                    : result;
        });
    }

    private PreparedStatement faulty(PreparedStatement commit) {
        return proxy(PreparedStatement.class, (proxy, method, args) -> {
            if (method.getName().equals("execute")) {
                int number = commits.getAndIncrement();
                if (number >= from && number < to) {
                    throw new SQLException("injected", null, code);
                }
            }
            return call(commit, method, args);
        });
    }

    private static Object call(Object target, java.lang.reflect.Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(target, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
