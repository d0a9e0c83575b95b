package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.error.SessionDeletedException;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.SessionSummary.Metadata;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.SessionStore;
import dev.turnbuckle.store.Turns;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A commit that says what its turn was started with ends as one that says nothing, whatever has happened since: the premise
 * spares reads, it decides nothing.
 */
@Timeout(60)
class PremiseTest {
    private final String schema = PostgresServer.emptyTables();
    private PostgresStorage storage;

    @BeforeEach
    void open() {
        storage = PostgresStorage.builder(PostgresServer.url(schema)).build();
        storage.open(Stores.ENVIRONMENT);
    }

    @AfterEach
    void close() {
        storage.close();
        PostgresServer.giveBack(schema);
    }

    private TurnId accept(String session, InboxItem.Delivery delivery) {
        var turn = new TurnId("t-" + Stores.ENVIRONMENT.id());
        storage.inbox()
                .accept(new Inbox.NewInput(
                        session,
                        "agent",
                        turn,
                        InboxItem.Kind.USER,
                        delivery,
                        Json.write(new InboxItem.Content(Message.user("hello"), null)),
                        null,
                        Map.of(),
                        null,
                        Duration.ZERO));
        return turn;
    }

    private Turns.Started start(String session) {
        var request =
                new Turns.StartRequest(session, Stores.claimant(storage), Duration.ofSeconds(30), Set.of("agent"));
        return ((Turns.Start.Go) storage.turns().start(request)).started();
    }

    private static Commit commit(Turns.Started started, boolean believing, boolean unlessSteered) {
        var turn = started.turn().id();
        return new Commit(
                new Commit.Target(
                        started.session().id(),
                        turn,
                        started.lease(),
                        started.session().head().revision(),
                        unlessSteered,
                        believing ? started : null),
                Commit.History.append(List.of(Message.user("hello"), Message.user("two"))),
                Commit.State.UNCHANGED,
                Commit.Settlement.applied(
                        started.inputs().stream().map(InboxItem::sequence).toList(), List.of()),
                new Commit.Record(
                        new TurnOutcome.Answered(turn, "done", Usage.NONE), Blob.of("record"), List.of(), List.of()));
    }

    /** What can be compared of a session and its commit: no name, no time, no number that the database gave out. */
    private record After(
            String result,
            long revision,
            long depth,
            boolean onBranchOfItsOwn,
            String chain,
            Metadata metadata,
            boolean due,
            Metadata told,
            boolean toldDue,
            List<InboxItem.Status> inputs,
            List<String> entries,
            String turns,
            String lease) {}

    private static String query(String sql) {
        try (var connection = PostgresServer.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : "";
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private After after(String session, CommitResult result) {
        SessionRow row = storage.sessions().find(session).orElseThrow();
        SessionRow told = result instanceof CommitResult.Committed c ? c.after() : null;
        var owner = query("SELECT b.session FROM " + schema + ".branch b JOIN " + schema
                + ".session s ON s.branch = b.id WHERE s.id = '" + session + "'");
        return new After(
                result.getClass().getSimpleName()
                        + (result instanceof CommitResult.LeaseLost(String why) ? " " + why : ""),
                row.head().revision(),
                row.head().depth(),
                owner.equals(session),
                row.head().chain(),
                row.metadata(),
                row.due() != null,
                told == null ? Metadata.NONE : told.metadata(),
                told != null && told.due() != null,
                storage.inbox().list(session, Set.of(InboxItem.State.values())).stream()
                        .map(i -> unnamed(i.status()))
                        .toList(),
                storage.sessions().path(session, new SessionStore.From.Root()).stream()
                        .map(e -> e.message().text())
                        .toList(),
                query(
                        "SELECT string_agg(concat_ws(' ', base_revision, state, gate, gate_by, gate_reason, attempts, driven,"
                                + " not_before, ended > opened, last_error, outcome IS NULL, revision, record, checkpoint), ', '"
                                + " ORDER BY ordinal) FROM " + schema + ".turn WHERE session = '" + session + "'"),
                query("SELECT concat_ws(' ', generation, expires = 0) FROM " + schema + ".lease WHERE id = '" + session
                        + "'"));
    }

    private static InboxItem.Status unnamed(InboxItem.Status s) {
        return new InboxItem.Status(s.state(), null, s.generation(), s.point(), s.attempts(), s.error());
    }

    private static List<InboxItem.State> states(After after) {
        return after.inputs().stream().map(InboxItem.Status::state).toList();
    }

    private After run(String session, boolean believing, boolean unlessSteered, Consumer<Turns.Started> meanwhile) {
        accept(session, InboxItem.Delivery.NEXT_TURN);
        storage.sessions().commit(commit(start(session), false, false)); // from here on it has a branch
        accept(session, InboxItem.Delivery.NEXT_TURN);
        Turns.Started started = start(session);
        meanwhile.accept(started);
        return after(session, storage.sessions().commit(commit(started, believing, unlessSteered)));
    }

    private After same(boolean unlessSteered, Consumer<Turns.Started> meanwhile) {
        After without = run("without", false, unlessSteered, meanwhile);
        After with = run("within", true, unlessSteered, meanwhile);
        assertThat(with).isEqualTo(without);
        return with;
    }

    private After same(Consumer<Turns.Started> meanwhile) {
        return same(false, meanwhile);
    }

    private void sql(Turns.Started started, String statement) {
        PostgresServer.execute(statement
                .replace("{schema}", schema)
                .replace("{session}", started.session().id())
                .replace("{turn}", started.turn().id().value()));
    }

    @Test
    void nothing_has_happened() {
        After after = same(started -> {});
        assertThat(after.result()).isEqualTo("Committed");
        assertThat(after.depth()).isEqualTo(4);
        assertThat(states(after)).containsExactly(InboxItem.State.APPLIED, InboxItem.State.APPLIED);
        assertThat(after.entries()).containsExactly("hello", "two", "hello", "two");
        assertThat(after.due()).isFalse();
    }

    @Test
    void s10_another_input_has_come() {
        After after = same(started -> accept(started.session().id(), InboxItem.Delivery.NEXT_TURN));
        assertThat(after.result()).isEqualTo("Committed");
        assertThat(after.due()).isTrue();
        assertThat(after.toldDue()).isTrue();
    }

    @Test
    void q05_somebody_steers() {
        assertThat(same(true, started -> accept(started.session().id(), InboxItem.Delivery.STEER))
                        .result())
                .isEqualTo("Steered");
    }

    @Test
    void q12_a_steer_that_was_claimed_and_not_settled_is_pending_again() {
        After after = same(started -> {
            accept(started.session().id(), InboxItem.Delivery.STEER);
            storage.inbox().claimSteers(started.lease(), started.turn().id(), 1);
        });
        assertThat(states(after))
                .containsExactly(InboxItem.State.APPLIED, InboxItem.State.APPLIED, InboxItem.State.PENDING);
        assertThat(after.due()).isTrue();
    }

    @Test
    void t08_the_turn_was_cancelled() {
        assertThat(same(started -> storage.turns()
                                .cancel(started.session().id(), started.turn().id(), "somebody", "why"))
                        .result())
                .isEqualTo("CancelledBefore");
    }

    @Test
    void the_session_was_described() {
        var metadata = new Metadata("title", null, "cause", null, null, Map.of("a", "b"));
        After after =
                same(started -> storage.sessions().describe(started.session().id(), metadata));
        assertThat(after.result()).isEqualTo("Committed");
        assertThat(after.metadata()).isEqualTo(metadata);
        assertThat(after.told()).isEqualTo(metadata);
    }

    @Test
    void s03_the_session_was_deleted() {
        for (boolean believing : List.of(false, true)) {
            String session = "deleted-" + believing;
            accept(session, InboxItem.Delivery.NEXT_TURN);
            storage.sessions().commit(commit(start(session), false, false));
            accept(session, InboxItem.Delivery.NEXT_TURN);
            Turns.Started started = start(session);
            storage.sessions().delete(session);
            assertThatThrownBy(() -> storage.sessions().commit(commit(started, believing, false)))
                    .isInstanceOf(SessionDeletedException.class);
        }
    }

    @Test
    void s11_the_same_commit_has_landed() {
        assertThat(same(started -> storage.sessions().commit(commit(started, true, false)))
                        .result())
                .isEqualTo("Committed");
    }

    @Test
    void l03_the_lease_is_no_more_what_it_was() {
        String update = "UPDATE {schema}.lease SET %s WHERE id = '{session}'";
        for (String change : List.of(
                "generation = generation + 1", "token = 'x'", "worker = 'x'", "incarnation = 'x'", "expires = 0")) {
            String name = "lease-" + change.hashCode();
            After without = run(name + "-without", false, false, s -> sql(s, String.format(update, change)));
            After within = run(name + "-within", true, false, s -> sql(s, String.format(update, change)));
            assertThat(within).as(change).isEqualTo(without);
            assertThat(within.result()).as(change).startsWith("LeaseLost");
        }
    }

    /** The same holder, whose first start was forgotten: its turn has one attempt more than that start knew of. */
    @Test
    void l02_the_holder_has_started_it_again() {
        After after = same(started -> {
            var again = new Turns.StartRequest(
                    started.session().id(), started.lease().holder(), Duration.ofSeconds(30), Set.of("agent"));
            assertThat(storage.turns().start(again)).isInstanceOf(Turns.Start.Go.class);
        });
        assertThat(after.result()).isEqualTo("Committed");
        assertThat(after.turns()).contains("1 ENDED SEALED 2 ");
    }

    @Test
    void what_belongs_to_another_start_is_not_believed() {
        for (boolean believing : List.of(false, true)) {
            String session = "taken-" + believing;
            accept(session, InboxItem.Delivery.NEXT_TURN);
            storage.sessions().commit(commit(start(session), false, false));
            accept(session, InboxItem.Delivery.NEXT_TURN);
            Turns.Started first = start(session);
            sql(first, "UPDATE {schema}.lease SET expires = 1 WHERE id = '{session}'");
            Commit second = commit(start(session), false, false);
            var t = second.target();
            var mixed = new Commit(
                    new Commit.Target(
                            t.session(), t.turn(), t.lease(), t.expectedRevision(), false, believing ? first : null),
                    second.history(),
                    second.state(),
                    second.settlement(),
                    second.record());
            assertThat(storage.sessions().commit(mixed)).isInstanceOf(CommitResult.Committed.class);
        }
    }

    /** Of a second turn of the session "a", after somebody held its row and did this. */
    private CommitResult waitedFor(Function<Turns.Started, String> statement) throws Exception {
        accept("a", InboxItem.Delivery.NEXT_TURN);
        storage.sessions().commit(commit(start("a"), false, false));
        accept("a", InboxItem.Delivery.NEXT_TURN);
        Turns.Started started = start("a");
        try (var holding = PostgresServer.connect()) {
            holding.setAutoCommit(false);
            holding.createStatement().execute("SELECT 1 FROM " + schema + ".session FOR NO KEY UPDATE");
            var late = CompletableFuture.supplyAsync(() -> storage.sessions().commit(commit(started, true, false)));
            PostgresConnectionsTest.until(
                    "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%\"" + schema
                            + "\"%'",
                    1);
            holding.createStatement().execute(statement.apply(started));
            holding.commit();
            return late.get(30, TimeUnit.SECONDS);
        }
    }

    /** The look stands behind the lock: what it sees is what the lock's last holder left. */
    @Test
    void t08_a_commit_that_waited_for_a_cancel_is_too_late() throws Exception {
        var result = waitedFor(started -> "UPDATE " + schema
                + ".turn SET gate = 'CANCELLED', gate_by = 'somebody' WHERE id = '"
                + started.turn().id().value() + "'");
        assertThat(result).isEqualTo(new CommitResult.CancelledBefore("somebody", null));
    }

    /** The lock's own statement compares the row as the wait left it. */
    @Test
    void s07_a_commit_that_waited_for_a_move_is_a_conflict() throws Exception {
        var result = waitedFor(started -> "UPDATE " + schema + ".session SET revision = 7");
        assertThat(result).isEqualTo(new CommitResult.Conflict(1, 7));
    }

    @Test
    void a_commit_that_waited_for_a_new_title_tells_it() throws Exception {
        var result = waitedFor(started -> "UPDATE " + schema + ".session SET title = 'new'");
        assertThat(((CommitResult.Committed) result).after().metadata().title()).isEqualTo("new");
    }

    @Test
    void s07_the_head_was_moved() {
        assertThat(same(started -> sql(started, "UPDATE {schema}.session SET revision = 7 WHERE id = '{session}'"))
                        .result())
                .isEqualTo("Conflict");
    }

    @Test
    void another_turn_is_open() {
        assertThat(same(started -> sql(started, "UPDATE {schema}.session SET open_turn = 'x' WHERE id = '{session}'"))
                        .result())
                .isEqualTo("LeaseLost turn is not open");
    }

    /** Whoever rewound it left entries behind: it goes on on a branch of its own. */
    @Test
    void s14_the_branch_has_entries_behind_the_head() {
        After after = same(started -> sql(
                started,
                "INSERT INTO {schema}.entry (id, turn, message, chain) SELECT (branch << 32) + 3, 'x', '{}', 'x'"
                        + " FROM {schema}.session WHERE id = '{session}'"));
        assertThat(after.result()).isEqualTo("Committed");
        assertThat(after.entries()).containsExactly("hello", "two", "hello", "two");
    }

    @Test
    void s14_the_branch_had_entries_behind_the_head() {
        same(started -> sql(
                started,
                "UPDATE {schema}.branch SET next_depth = 9 WHERE id = (SELECT branch FROM {schema}.session"
                        + " WHERE id = '{session}')"));
        assertThat(query("SELECT COUNT(*) FROM " + schema + ".branch")).isEqualTo("4");
    }

    @Test
    void s14_the_branch_is_another_session_s() {
        After after = same(started -> sql(
                started,
                "UPDATE {schema}.branch SET session = 'other' WHERE id = (SELECT branch FROM {schema}.session"
                        + " WHERE id = '{session}')"));
        assertThat(after.result()).isEqualTo("Committed");
        assertThat(after.onBranchOfItsOwn()).isTrue();
    }
}
