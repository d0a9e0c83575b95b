package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.error.TurnbuckleException.Remedy;
import dev.turnbuckle.error.WiringException;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.SessionSummary.Metadata;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Journal;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.tool.EffectClass;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that goes away, stands still, or says no. */
@Timeout(60)
class PostgresFailureTest {
    private static final Duration TOOL_LOCK = Duration.ofSeconds(1);

    private final String schema = PostgresServer.emptyTables();
    private Relay relay;
    private PostgresStorage storage;

    @BeforeEach
    void open() throws Exception {
        relay = new Relay();
        storage = opened(PostgresStorage.builder(relay.url(schema)));
    }

    private static PostgresStorage opened(PostgresStorage.Builder builder) {
        var storage =
                builder.connections(4).connectWithin(Duration.ofSeconds(1)).build();
        storage.open(Stores.ENVIRONMENT);
        return storage;
    }

    @AfterEach
    void close() throws Exception {
        storage.close();
        relay.close();
        PostgresServer.giveBack(schema);
    }

    private int pending(String session) {
        return storage.inbox().list(session, Set.of(InboxItem.State.PENDING)).size();
    }

    @Test
    void a_server_that_is_away_says_retry_and_is_used_again_when_it_is_back() {
        Stores.accept(storage, "a");
        relay.cut();
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> Stores.accept(storage, "a"))
                    .isInstanceOfSatisfying(StorageException.class, e -> {
                        assertThat(e.remedy()).isEqualTo(Remedy.RETRY);
                        assertThat(e.code()).isEqualTo("unreachable");
                    })
                    .hasMessageContaining("cannot be reached");
        }
        relay.mend();
        Stores.accept(storage, "a");
        assertThat(pending("a")).isEqualTo(2);
    }

    @Test
    void s36_connections_that_broke_are_replaced_and_nobody_hears_of_it() {
        for (int i = 0; i < 8; i++) {
            Stores.accept(storage, "a");
            relay.breakAll();
        }
        assertThat(pending("a")).isEqualTo(8);
    }

    @Test
    void connections_that_the_server_ended_are_replaced() {
        for (int i = 0; i < 4; i++) {
            Stores.accept(storage, "a");
            PostgresServer.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE application_name = 'turnbuckle' AND pid <> pg_backend_pid()");
        }
        assertThat(pending("a")).isEqualTo(4);
    }

    /** A server may say nothing for a second. */
    private void openUnlessSilent() {
        storage.close();
        storage = opened(PostgresStorage.builder(relay.url(schema) + "&socketTimeout=1"));
        Stores.accept(storage, "a");
    }

    /** Lanes have no timeout on their sockets: without the watch this would wait for ever. */
    @Test
    void a_server_that_falls_silent_is_given_up() {
        openUnlessSilent();
        relay.mute();
        assertThatThrownBy(() -> Stores.accept(storage, "a")).isInstanceOfSatisfying(StorageException.class, e -> {
            assertThat(e.remedy()).isEqualTo(Remedy.RETRY);
            assertThat(e.code()).isEqualTo("unreachable");
        });
    }

    @Test
    void s36_a_server_that_falls_silent_in_a_commit_leaves_its_end_unknown() {
        openUnlessSilent();
        relay.muteFromNextCommit();
        assertThatThrownBy(() -> Stores.accept(storage, "a"))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.code()).isEqualTo("commit_unknown"));
    }

    /** The lanes' own connections, after lanes have used them: the pool gives them back what it found. */
    @Test
    void a_tool_s_connection_has_a_timeout_of_its_own_again() throws Exception {
        storage.close();
        storage = opened(PostgresStorage.builder(relay.url(schema)).timeouts(Duration.ofSeconds(7), TOOL_LOCK));
        for (int i = 0; i < 8; i++) {
            Stores.accept(storage, "a");
        }
        try (var transaction = storage.begin()) {
            assertThat(((JdbcTransaction) transaction.host()).connection().getNetworkTimeout())
                    .isEqualTo(22_000);
        }
    }

    @Test
    void a_silence_that_is_no_number_is_refused() {
        assertThatThrownBy(() -> opened(PostgresStorage.builder(relay.url(schema) + "&socketTimeout=soon")))
                .isInstanceOf(WiringException.class)
                .hasMessage("socketTimeout=soon is no number of seconds");
    }

    @Test
    void s36_a_commit_whose_answer_was_lost_is_not_sent_again_and_its_caller_is_told() {
        Stores.accept(storage, "a");
        relay.swallowNextCommit();
        assertThatThrownBy(() -> Stores.accept(storage, "a")).isInstanceOfSatisfying(StorageException.class, e -> {
            assertThat(e.remedy()).isEqualTo(Remedy.RETRY);
            assertThat(e.code()).isEqualTo("commit_unknown");
        });
        assertThat(relay.hasSwallowed()).isTrue();
        assertThat(pending("a")).as("it had landed, once").isEqualTo(2);
    }

    private Turns.Started started() {
        storage.inbox()
                .accept(new Inbox.NewInput(
                        "a",
                        "agent",
                        new TurnId("t-1"),
                        InboxItem.Kind.USER,
                        InboxItem.Delivery.NEXT_TURN,
                        Json.write(new InboxItem.Content(Message.user("hello"), null)),
                        null,
                        Map.of(),
                        null,
                        Duration.ZERO));
        var request = new Turns.StartRequest("a", Stores.claimant(storage), Duration.ofSeconds(30), Set.of("agent"));
        return ((Turns.Start.Go) storage.turns().start(request)).started();
    }

    @Test
    void s36_a_record_whose_answer_was_lost_is_made_again_and_finds_what_is_there() {
        var started = started();
        var turn = started.turn().id();
        var begun = new JournalEntry("tool/1", "tool", EffectClass.ONCE, "hash", "{}", null, 1, Instant.EPOCH, null);
        relay.swallowNextCommit();
        assertThat(storage.journal().record(started.lease(), turn, List.of(begun), List.of()))
                .isEqualTo(new Journal.RecordResult.Recorded(List.of(begun), false, false));
        assertThat(relay.hasSwallowed()).isTrue();
        assertThat(storage.journal().read("a", turn)).containsExactly(begun);
    }

    @Test
    void s36_a_record_that_may_have_landed_is_not_said_to_be_undone() {
        var started = started();
        var turn = started.turn().id();
        var begun = new JournalEntry("tool/1", "tool", EffectClass.ONCE, "hash", "{}", null, 1, Instant.EPOCH, null);
        relay.swallowNextCommitAndCut();
        assertThatThrownBy(() -> storage.journal().record(started.lease(), turn, List.of(begun), List.of()))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.code()).isEqualTo("commit_unknown"));
        relay.mend();
        assertThat(storage.journal().read("a", turn)).containsExactly(begun);
    }

    /** The guard stands behind the lock: what it reads is what the lock's last holder left. */
    @Test
    void j03_a_record_that_waited_for_a_takeover_is_refused_by_it() throws Exception {
        var started = started();
        var turn = started.turn().id();
        var begun = new JournalEntry("tool/1", "tool", EffectClass.ONCE, "hash", "{}", null, 1, Instant.EPOCH, null);
        try (var taking = PostgresServer.connect()) {
            taking.setAutoCommit(false);
            taking.createStatement().execute("SELECT 1 FROM " + schema + ".session FOR NO KEY UPDATE");
            var late = CompletableFuture.supplyAsync(
                    () -> storage.journal().record(started.lease(), turn, List.of(begun), List.of()));
            PostgresConnectionsTest.until(
                    "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%\"" + schema
                            + "\"%'",
                    1);
            taking.createStatement().execute("UPDATE " + schema + ".lease SET generation = generation + 1");
            taking.commit();
            assertThat(late.get(30, TimeUnit.SECONDS)).isEqualTo(new Journal.RecordResult.LeaseLost("superseded"));
        }
        assertThat(storage.journal().read("a", turn)).isEmpty();
    }

    @Test
    void a_row_that_another_transaction_holds_is_waited_for_and_then_said_to_be_locked() throws SQLException {
        storage.sessions().create("a", "agent", Metadata.NONE);
        storage.close();
        storage = opened(
                PostgresStorage.builder(relay.url(schema)).timeouts(Duration.ofSeconds(5), Duration.ofMillis(200)));
        try (var other = PostgresServer.connect()) {
            other.setAutoCommit(false);
            other.createStatement().execute("SELECT 1 FROM " + schema + ".session FOR UPDATE");
            assertThatThrownBy(() -> Stores.accept(storage, "a")).isInstanceOfSatisfying(StorageException.class, e -> {
                assertThat(e.remedy()).isEqualTo(Remedy.RETRY);
                assertThat(e.code()).isEqualTo("locked");
            });
            assertThat(storage.sessions().find("a"))
                    .as("readers wait for nobody")
                    .isPresent();
            other.rollback();
        }
        Stores.accept(storage, "a");
        assertThat(pending("a")).isEqualTo(1);
    }

    /** What pgbouncer 1.18 leads to in transaction mode, when nobody says that it is there. */
    @ParameterizedTest
    @ValueSource(strings = {"42P05", "26000"})
    void statements_that_somebody_else_prepared_are_a_pooler(String state) {
        var dialect = new PostgresDialect("here", "turnbuckle", PostgresDialect.SERVER_CLOCK);
        var said = dialect.explain(new SQLException("prepared statement \"S_1\" already exists", state));
        assertThat(said.code()).isEqualTo("pooler");
        assertThat(said.remedy()).isEqualTo(Remedy.REWIRE);
        assertThat(said).hasMessageContaining("add pooler=transaction to the address");
    }

    /** What pgbouncer says of settings in a connection's first message; its pool wraps it. */
    @Test
    void settings_that_are_refused_are_a_pooler() {
        var dialect = new PostgresDialect("here", "turnbuckle", PostgresDialect.SERVER_CLOCK);
        var refused = new SQLException("FATAL: unsupported startup parameter: options", "08P01");
        var said = dialect.explain(new SQLException("Connection is not available", "08001", refused));
        assertThat(said.code()).isEqualTo("pooler");
        assertThat(said.remedy()).isEqualTo(Remedy.REWIRE);
        assertThat(said).hasMessageContaining("pooler=session");
    }

    @Test
    void a_statement_that_takes_too_long_is_ended_by_the_server() throws SQLException {
        storage.sessions().create("a", "agent", Metadata.NONE);
        storage.close();
        storage = opened(
                PostgresStorage.builder(relay.url(schema)).timeouts(Duration.ofMillis(200), Duration.ofSeconds(5)));
        try (var other = PostgresServer.connect()) {
            other.setAutoCommit(false);
            other.createStatement().execute("SELECT 1 FROM " + schema + ".session FOR UPDATE");
            assertThatThrownBy(() -> Stores.accept(storage, "a"))
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.code()).isEqualTo("too_slow"));
            other.rollback();
        }
    }

    /** A process that was stopped in mid-transaction must not keep its session for ever. */
    @Test
    void a_transaction_that_stands_still_is_ended_by_the_server() {
        String idle = storage.transactions().write(rows -> {
            rows.now();
            return ((SqlRows) rows)
                    .sql()
                    .call("SELECT current_setting('idle_in_transaction_session_timeout')")
                    .first(Line::text);
        });
        assertThat(idle).isEqualTo("10s");
    }

    @Test
    void an_interrupt_neither_breaks_a_connection_nor_is_lost() {
        for (int i = 0; i < 20; i++) {
            Thread.currentThread().interrupt();
            Stores.accept(storage, "a");
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(pending("a")).isEqualTo(20);
    }
}
