package dev.turnbuckle.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** The prepared statements of one connection, each prepared once and held. Used by one thread at a time. */
final class Statements {
    private final Connection connection;
    private final Map<String, Call> held = new HashMap<>();

    Statements(Connection connection) {
        this.connection = connection;
    }

    /** The statement, ready to be bound from its first parameter on. */
    Call call(String sql) {
        Call call = held.get(sql);
        if (call == null) {
            call = prepare(sql);
            held.put(sql, call);
        }
        return call.again();
    }

    private Call prepare(String sql) {
        try {
            return new Call(this, sql, connection.prepareStatement(sql));
        } catch (SQLException e) {
            throw new SqlFailure(e);
        }
    }

    void forget(String sql) {
        held.remove(sql);
    }
}
