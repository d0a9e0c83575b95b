package dev.turnbuckle.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The prepared statements of one connection, each prepared once and held. Used by one thread at a time. */
final class Statements implements AutoCloseable {
    private final Connection connection;
    private final Form form;
    private final Map<String, Call> held = new HashMap<>();
    private final List<Call> once = new ArrayList<>();
    private List<String> settings = List.of();
    private @Nullable Runnable changed;
    private @Nullable Runnable asking;

    Statements(Connection connection) {
        this(connection, Form.PLAIN);
    }

    Statements(Connection connection, Form form) {
        this.connection = connection;
        this.form = form;
    }

    Form form() {
        return form;
    }

    /** The next statement takes these with it to the server, before itself. */
    void begin(List<String> first) {
        settings = first;
    }

    /** Whether what comes first has gone. */
    boolean hasBegun() {
        return settings.isEmpty();
    }

    /** Told whenever a statement has changed rows. */
    void onChange(Runnable told) {
        changed = told;
    }

    /** Told before each statement, or each message of several. */
    void beforeEach(Runnable told) {
        asking = told;
    }

    void changed() {
        if (changed != null) {
            changed.run();
        }
    }

    /** The statement, ready to be bound from its first parameter on. */
    Call call(String sql) {
        if (!settings.isEmpty()) {
            return together(List.of(sql));
        }
        ask();
        Call call = held.get(sql);
        if (call == null) {
            call = prepare(sql, form.sql(sql), 0);
            held.put(sql, call);
        }
        return call.again();
    }

    /** Statements that go to the server as one. */
    Call together(List<String> statements) {
        ask();
        int skipped = settings.size();
        var all = statements;
        if (skipped > 0) {
            all = new ArrayList<>(skipped + statements.size());
            all.addAll(settings);
            all.addAll(statements);
            settings = List.of();
        }
        String sql = form.together(all);
        Call call = prepare(sql, sql, skipped);
        once.add(call);
        return call;
    }

    /** For a statement that goes past here. */
    void ask() {
        if (asking != null) {
            asking.run();
        }
    }

    private Call prepare(String name, String sql, int skipped) {
        try {
            return new Call(this, name, form.prepared(connection.prepareStatement(sql)), skipped);
        } catch (SQLException e) {
            throw new SqlFailure(e);
        }
    }

    void forget(String sql) {
        held.remove(sql);
    }

    /** For a connection that goes back to somebody. */
    @Override
    public void close() {
        held.values().forEach(Call::close);
        once.forEach(Call::close);
        held.clear();
        once.clear();
    }
}
