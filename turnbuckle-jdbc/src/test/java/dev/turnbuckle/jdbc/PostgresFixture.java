package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.plan.RowStorage.Limits;
import dev.turnbuckle.store.plan.Transactions;
import dev.turnbuckle.testkit.tck.ManualClock;
import dev.turnbuckle.testkit.tck.StorageFixture;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One schema. The server's clock stands still in a table beside it, where the suites move it. */
final class PostgresFixture implements StorageFixture {
    private final String schema = PostgresServer.emptyTables();
    private final String clock = schema + "_clock";
    private boolean spoiled;

    PostgresFixture() {
        PostgresServer.execute("CREATE TABLE IF NOT EXISTS " + clock + " (micros bigint NOT NULL); DELETE FROM " + clock
                + "; INSERT INTO " + clock + " VALUES ("
                + ChronoUnit.MICROS.between(java.time.Instant.EPOCH, ManualClock.BEGINNING) + ")");
    }

    PostgresStorage.Builder builder() {
        return PostgresStorage.builder(PostgresServer.url(schema))
                .connections(8)
                .clock("(SELECT micros FROM public." + clock + ")");
    }

    String schema() {
        return schema;
    }

    @Override
    public Storage storage(Limits limits) {
        return builder().limits(limits).build();
    }

    @Override
    public Optional<Transactions> transactions() {
        return Optional.of(builder().build().transactions());
    }

    @Override
    public void tick(Environment environment, Duration duration) {
        ((ManualClock) environment).tick(duration);
        tick(duration);
    }

    /** The server's clock alone. */
    void tick(Duration duration) {
        PostgresServer.execute("UPDATE " + clock + " SET micros = micros + " + duration.toNanos() / 1_000);
    }

    @Override
    public Map<String, String> dump() {
        var dump = new TreeMap<String, String>();
        try (Connection connection = PostgresServer.connect()) {
            for (String table : column(
                    connection, "SELECT tablename FROM pg_tables WHERE schemaname = '" + schema + "' ORDER BY 1")) {
                dump(connection, table, dump);
            }
            return dump;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void dump(Connection connection, String table, Map<String, String> dump) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT * FROM " + schema + "." + table + " ORDER BY 1, 2")) {
            int number = 0;
            while (rows.next()) {
                var row = new StringBuilder();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    row.append(rows.getString(i)).append(" | ");
                }
                dump.put(table + " " + row, String.valueOf(number++));
            }
        }
    }

    private static List<String> column(Connection connection, String query) throws SQLException {
        var found = new ArrayList<String>();
        try (var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }

    @Override
    public boolean pretendNewerSchema() {
        spoiled = true;
        PostgresServer.execute("UPDATE " + schema + ".meta SET value = '99' WHERE name = 'schema'");
        return true;
    }

    @Override
    public void close() {
        if (!spoiled) {
            PostgresServer.giveBack(schema);
        }
    }
}
