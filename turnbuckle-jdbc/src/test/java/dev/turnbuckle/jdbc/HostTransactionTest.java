package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.Turn;
import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.error.SessionDeletedException;
import dev.turnbuckle.error.WiringException;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.testkit.ScriptedModel;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An application that keeps its orders in the database where its sessions are. */
@Timeout(60)
class HostTransactionTest {
    private final String schema = PostgresServer.emptyTables();
    private final String orders = schema + "_orders";
    private Turnbuckle turnbuckle;
    private Connection connection;

    @BeforeEach
    void open() throws SQLException {
        PostgresServer.execute("DROP TABLE IF EXISTS " + orders, "CREATE TABLE " + orders + " (id text PRIMARY KEY)");
        turnbuckle = Turnbuckle.builder()
                .storage(PostgresStorage.builder(PostgresServer.url(schema))
                        .connections(4)
                        .build())
                .model(ScriptedModel.of(
                        ScriptedModel.says("Noted."), ScriptedModel.says("Noted."), ScriptedModel.says("Noted.")))
                .build();
        connection = PostgresServer.connect();
        connection.setAutoCommit(false);
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
        turnbuckle.close();
        PostgresServer.giveBack(schema);
    }

    private void order(String id) throws SQLException {
        try (var insert = connection.prepareStatement("INSERT INTO " + orders + " VALUES (?)")) {
            insert.setString(1, id);
            insert.executeUpdate();
        }
    }

    private Turn send(String session, Input input) {
        return turnbuckle.session(session).send(JdbcTransaction.of(connection), input);
    }

    private int inputs(String session) {
        return turnbuckle.session(session).inbox(true).size();
    }

    @Test
    void q07_an_input_that_was_sent_in_the_host_s_transaction_exists_when_it_commits() throws SQLException {
        order("o-1");
        Turn turn = send("s", Input.text("There is an order."));
        assertThat(inputs("s")).isZero();
        connection.commit();
        assertThat(turn.await().text()).isEqualTo("Noted.");
    }

    @Test
    void q07_an_input_that_was_sent_in_the_host_s_transaction_never_was_when_it_rolls_back() throws SQLException {
        order("o-1");
        send("s", Input.text("There is an order."));
        connection.rollback();
        assertThat(inputs("s")).isZero();
        assertThat(turnbuckle.session("s").view().revision()).isZero();
        assertThat(turnbuckle.session("s").ask("Hello")).isEqualTo("Noted.");
        assertThat(inputs("s")).isEqualTo(1);
    }

    @Test
    void q07_several_inputs_and_their_keys_are_seen_within_the_transaction() throws SQLException {
        Turn first = send("s", Input.text("a").key("k"));
        assertThat(send("s", Input.text("a").key("k")).id()).isEqualTo(first.id());
        assertThatThrownBy(() -> send("s", Input.text("b").key("k"))).isInstanceOf(InvalidInputException.class);
        Turn second = send("s", Input.text("b"));
        connection.commit();
        assertThat(first.await().text()).isEqualTo("Noted.");
        assertThat(second.await().text()).isEqualTo("Noted.");
        send("s", Input.text("a").key("k"));
        connection.commit();
        assertThat(inputs("s")).isEqualTo(2);
    }

    @Test
    void q07_a_refusal_leaves_the_host_s_transaction_as_it_is() throws SQLException {
        turnbuckle.session("gone").ask("Hello");
        turnbuckle.session("gone").delete();
        order("o-1");
        assertThatThrownBy(() -> send("gone", Input.text("a"))).isInstanceOf(SessionDeletedException.class);
        order("o-2");
        connection.commit();
        try (var rows = connection.createStatement().executeQuery("SELECT COUNT(*) FROM " + orders)) {
            rows.next();
            assertThat(rows.getInt(1)).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                Connection.TRANSACTION_READ_COMMITTED,
                Connection.TRANSACTION_REPEATABLE_READ,
                Connection.TRANSACTION_SERIALIZABLE
            })
    void q07_any_isolation_will_do_and_nothing_of_the_connection_is_changed(int isolation) throws SQLException {
        connection.setTransactionIsolation(isolation);
        String before = settings();
        Turn turn = send("s", Input.text("Hello"));
        assertThat(settings()).isEqualTo(before);
        connection.commit();
        assertThat(turn.await().text()).isEqualTo("Noted.");
        assertThat(connection.getTransactionIsolation()).isEqualTo(isolation);
    }

    private String settings() throws SQLException {
        try (var rows = connection
                .createStatement()
                .executeQuery("SELECT string_agg(name || '=' || setting, ', ' ORDER BY name) FROM pg_settings")) {
            rows.next();
            return rows.getString(1);
        }
    }

    @Test
    void q07_what_cannot_be_shared_says_so(@TempDir Path folder) throws SQLException {
        connection.setAutoCommit(true);
        assertThatThrownBy(() -> send("s", Input.text("a")))
                .isInstanceOf(WiringException.class)
                .hasMessageContaining("setAutoCommit(false)");
        try (var sqlite = Turnbuckle.builder()
                .storage(SqliteStorage.at(folder.resolve("agents.db")))
                .model(ScriptedModel.of(
                        ScriptedModel.says("Noted."), ScriptedModel.says("Noted."), ScriptedModel.says("Noted.")))
                .build()) {
            assertThatThrownBy(() -> sqlite.session("s").send(JdbcTransaction.of(connection), Input.text("a")))
                    .isInstanceOf(WiringException.class)
                    .hasMessageContaining("sqlite")
                    .hasMessageContaining("PostgreSQL");
        }
    }
}
