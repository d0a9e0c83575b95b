package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.testkit.ScriptedModel;
import dev.turnbuckle.tool.StateKey;
import dev.turnbuckle.tool.Tool;
import dev.turnbuckle.tool.ToolContext;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A tool that writes an order in the transaction that records its outcome. Orders have numbers: each run makes another. */
@Timeout(120)
class ToolTransactionTest {
    record Order(String item) {}

    private final String schema = PostgresServer.emptyTables();
    private final String orders = schema + "_orders";
    private final AtomicInteger runs = new AtomicInteger();
    private Relay relay;

    @BeforeEach
    void open() throws Exception {
        relay = new Relay();
        PostgresServer.execute(
                "DROP TABLE IF EXISTS " + orders,
                "CREATE TABLE " + orders + " (id bigint GENERATED ALWAYS AS IDENTITY, item text)");
    }

    @AfterEach
    void close() throws Exception {
        relay.close();
        PostgresServer.giveBack(schema);
    }

    private interface Body {
        void then(Connection connection) throws Exception;
    }

    private Turnbuckle node(Body afterwards) {
        return node(afterwards, context -> {});
    }

    private Turnbuckle node(Body afterwards, Consumer<ToolContext> more) {
        Tool tool = Tool.idempotent("order", "Orders an item", Order.class, (order, context) -> {
            Connection connection = connection(context);
            insert(connection, order.item());
            runs.incrementAndGet();
            afterwards.then(connection(context));
            more.accept(context);
            return "ordered";
        });
        return Turnbuckle.builder()
                .storage(PostgresStorage.builder(relay.url(schema))
                        .connections(4)
                        .wakeups(false)
                        .build())
                .leaseTtl(Duration.ofSeconds(3))
                .model(ScriptedModel.of(
                        ScriptedModel.calls("order", new Order("a lamp")), ScriptedModel.says("It is on its way.")))
                .tool(tool)
                .build();
    }

    private static Connection connection(ToolContext context) {
        return ((JdbcTransaction) context.transaction()).connection();
    }

    private void insert(Connection connection, String item) throws SQLException {
        try (var insert = connection.prepareStatement("INSERT INTO " + orders + " (item) VALUES (?)")) {
            insert.setString(1, item);
            insert.executeUpdate();
        }
    }

    private int ordered() throws SQLException {
        try (var connection = PostgresServer.connect();
                var rows = connection.createStatement().executeQuery("SELECT COUNT(*) FROM " + orders)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    @Test
    void s36_what_a_tool_sets_for_its_session_is_met_by_nobody_else() throws SQLException {
        try (var storage = PostgresStorage.builder(PostgresServer.url(schema))
                .connections(1)
                .wakeups(false)
                .build()) {
            storage.open(Stores.ENVIRONMENT);
            for (int i = 0; i < 3; i++) {
                try (var transaction = storage.begin();
                        var statement = ((JdbcTransaction) transaction.host())
                                .connection()
                                .createStatement()) {
                    statement.execute("SET statement_timeout = '7s'");
                    statement.execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ");
                    transaction.commit();
                }
                assertThat(storage.transactions()
                                .<String>write(rows -> ((SqlRows) rows)
                                        .sql()
                                        .call("SELECT current_setting('statement_timeout') || ' '"
                                                + " || current_setting('transaction_isolation')")
                                        .first(Line::text)))
                        .isEqualTo("30s read committed");
            }
        }
    }

    @Test
    void j10_what_a_tool_writes_and_its_outcome_land_together() throws SQLException {
        try (var turnbuckle = node(connection -> assertThat(ordered()).isZero())) {
            assertThat(turnbuckle.session("s").ask("A lamp, please")).isEqualTo("It is on its way.");
            assertThat(ordered()).isEqualTo(1);
            assertThat(runs).hasValue(1);
        }
    }

    @Test
    void j10_a_tool_that_throws_has_written_nothing() throws SQLException {
        try (var turnbuckle = node(connection -> {
            throw new IllegalArgumentException("no lamps left");
        })) {
            assertThat(turnbuckle.session("s").ask("A lamp, please")).isEqualTo("It is on its way.");
            assertThat(ordered()).isZero();
            assertThat(turnbuckle.session("s").view().toString()).contains("no lamps left");
        }
    }

    /** Its change of state is its own code as its body is, and runs when the body has ended. */
    @Test
    void j10_a_tool_whose_change_of_state_throws_has_written_nothing() throws SQLException {
        var count = StateKey.of("count", 1, Order.class, () -> new Order("none"));
        try (var turnbuckle = node(
                connection -> {},
                context -> context.update(count, old -> {
                    throw new IllegalArgumentException("no more than one");
                }))) {
            assertThat(turnbuckle.session("s").ask("A lamp, please")).isEqualTo("It is on its way.");
            assertThat(turnbuckle.session("s").view().toString()).contains("no more than one");
            assertThat(ordered()).isZero();
            assertThat(runs).hasValue(1);
        }
    }

    @Test
    void j10_a_statement_that_fails_and_is_overlooked_leaves_nothing_written_and_nothing_recorded()
            throws SQLException {
        try (var turnbuckle = node(connection -> {
            if (runs.get() == 1) {
                try (var statement = connection.createStatement()) {
                    statement.execute("SELECT 1 / 0");
                } catch (SQLException e) {
                    // overlooked
                }
            }
        })) {
            assertThat(turnbuckle.session("s").ask("A lamp, please")).isEqualTo("It is on its way.");
            assertThat(ordered()).isEqualTo(1);
            assertThat(runs).hasValue(2);
        }
    }

    @Test
    void j10_a_commit_whose_answer_was_lost_is_found_in_the_journal_and_not_run_again() throws SQLException {
        try (var turnbuckle = node(connection -> relay.swallowNextCommit())) {
            assertThat(turnbuckle.session("s").ask("A lamp, please")).isEqualTo("It is on its way.");
            assertThat(relay.hasSwallowed()).isTrue();
            assertThat(ordered()).isEqualTo(1);
            assertThat(runs).hasValue(1);
        }
    }

    @Test
    void j10_a_connection_that_broke_before_the_commit_runs_the_tool_again_and_it_has_written_once()
            throws SQLException {
        try (var turnbuckle = node(connection -> {
            if (runs.get() == 1) {
                relay.breakAll();
            }
        })) {
            assertThat(turnbuckle.session("s").ask("A lamp, please")).isEqualTo("It is on its way.");
            assertThat(ordered()).isEqualTo(1);
            assertThat(runs).hasValue(2);
        }
    }

    /** Somebody took the turn while the tool ran: what it wrote goes with what it came to. */
    @Test
    void j10_a_driver_that_lost_its_lease_has_written_nothing() throws SQLException {
        try (var turnbuckle = node(connection -> {
            if (runs.get() == 1) {
                PostgresServer.execute("UPDATE " + schema + ".lease SET generation = generation + 1, token = 'thief',"
                        + " expires = 1 WHERE kind = 'session' AND id = 's'");
            }
        })) {
            assertThat(turnbuckle.session("s").ask("A lamp, please")).isEqualTo("It is on its way.");
            assertThat(ordered()).isEqualTo(1);
            assertThat(runs).hasValue(2);
        }
    }

    @Test
    void j10_a_storage_that_cannot_be_shared_says_so_to_the_tool(@TempDir Path folder) {
        Tool tool = Tool.idempotent("order", "Orders an item", Order.class, (order, context) -> {
            context.transaction();
            return "ordered";
        });
        try (var turnbuckle = Turnbuckle.builder()
                .storage(SqliteStorage.at(folder.resolve("agents.db")))
                .model(ScriptedModel.of(
                        ScriptedModel.calls("order", new Order("a lamp")), ScriptedModel.says("It cannot be.")))
                .tool(tool)
                .build()) {
            var outcome = turnbuckle.session("s").send("A lamp, please").await();
            assertThat(outcome).isInstanceOf(TurnOutcome.Answered.class);
            assertThat(turnbuckle.session("s").view().toString()).contains("one on PostgreSQL has");
        }
    }
}
