package dev.turnbuckle.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * One connection of the floor. The statements of a transaction are gathered and go out together, prepared once and held.
 * Used by one thread at a time.
 */
final class PostgresFloorSql implements FloorSql, AutoCloseable {
    private static final String ENTRIES = """
            INSERT INTO entry (branch, depth, turn, message, chain)
            SELECT ?, u.depth, ?, u.message, ? FROM unnest(?::bigint[], ?::text[]) AS u(depth, message)
            """;

    private final Connection connection;
    private final Map<List<String>, PreparedStatement> held = new HashMap<>();
    private final List<String> statements = new ArrayList<>();
    private final List<Object> parameters = new ArrayList<>();

    PostgresFloorSql(Connection connection) throws SQLException {
        this.connection = connection;
        try (var statement = connection.createStatement()) {
            statement.execute("SET enable_seqscan = off"); // as ours: first plans are made on empty tables, and kept
        }
        connection.setAutoCommit(false);
    }

    @Override
    public void run(String sql, Object... values) {
        statements.add(sql);
        parameters.addAll(List.of(values));
    }

    @Override
    public void entries(Entries entries) throws SQLException {
        int count = entries.messages().size();
        Object[] depths = LongStream.range(entries.depth(), entries.depth() + count)
                .boxed()
                .toArray();
        run(
                ENTRIES,
                entries.branch(),
                entries.turn(),
                entries.chain(),
                connection.createArrayOf("bigint", depths),
                connection.createArrayOf("text", entries.messages().toArray()));
    }

    /**
     * Two round trips; one for a transaction that only records effects, as ours has it. The last statement that is not
     * COMMIT is the one that must have found its row.
     */
    void commit() throws SQLException {
        boolean along = statements.stream().allMatch(FloorTurn::records);
        int writes = statements.size();
        if (along) {
            statements.add("COMMIT");
        }
        PreparedStatement statement = statement();
        for (int i = 0; i < parameters.size(); i++) {
            switch (parameters.get(i)) {
                case String text -> statement.setString(i + 1, text);
                case Number number -> statement.setLong(i + 1, number.longValue());
                case byte[] bytes -> statement.setBytes(i + 1, bytes);
                case java.sql.Array array -> statement.setArray(i + 1, array);
                default -> throw new IllegalArgumentException("parameter " + i + " of " + statements);
            }
        }
        int last = changed(statement, writes);
        statements.clear();
        parameters.clear();
        if (last != 1) {
            throw new IllegalStateException("the last statement changed " + last + " rows");
        }
        if (!along) {
            connection.commit();
        }
    }

    private PreparedStatement statement() throws SQLException {
        PreparedStatement statement = held.get(statements);
        if (statement == null) {
            statement = connection.prepareStatement(String.join(";\n", statements));
            held.put(List.copyOf(statements), statement);
        }
        return statement;
    }

    /** @param count the statement that is asked for, counted from 1 */
    private static int changed(PreparedStatement statement, int count) throws SQLException {
        statement.execute();
        for (int i = 1; i < count; i++) {
            statement.getMoreResults();
        }
        return statement.getUpdateCount();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
