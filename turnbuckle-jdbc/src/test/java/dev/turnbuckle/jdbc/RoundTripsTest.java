package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Component;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Journal;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Leases;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.store.UsageRow;
import dev.turnbuckle.store.WaitRow;
import dev.turnbuckle.tool.EffectClass;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A network is between the storage and its rows: what each operation costs is counted, at the driver and on the wire. */
class RoundTripsTest {
    private static final Duration TTL = Duration.ofSeconds(30);
    private static final Set<String> AGENTS = Set.of("agent");

    private final CountedCalls calls = new CountedCalls();
    private final String schema = PostgresServer.emptyTables();
    private PostgresStorage storage;

    /** The pool asks a connection that rested for half a second whether it is alive: one turn more, on a slow machine. */
    @BeforeEach
    void open() {
        String alive = "com.zaxxer.hikari.aliveBypassWindowMs";
        System.setProperty(alive, "600000");
        storage = PostgresStorage.builder(PostgresServer.url(schema) + "&" + CountedWire.PARAMETER)
                .connections(1)
                .wakeups(false)
                .around(calls::around)
                .build();
        try {
            storage.open(Stores.ENVIRONMENT);
        } finally {
            System.clearProperty(alive);
        }
    }

    @AfterEach
    void close() {
        storage.close();
        PostgresServer.giveBack(schema);
    }

    private interface Operation<T> {
        T run();
    }

    /** Twice the same count: what the driver does in one call is one turn on the wire. */
    private <T> T within(int trips, Operation<T> operation) {
        calls.reset();
        CountedWire.reset();
        T result = operation.run();
        assertThat(calls.count()).as("calls of the driver: " + calls).isEqualTo(trips);
        assertThat(CountedWire.turns()).as("turns on the wire").isEqualTo(trips);
        return result;
    }

    private Inbox.NewInput input(String session, String text) {
        var content = new InboxItem.Content(Message.user(text), null);
        return new Inbox.NewInput(
                session,
                "agent",
                new TurnId("t-" + Stores.ENVIRONMENT.id()),
                InboxItem.Kind.USER,
                InboxItem.Delivery.NEXT_TURN,
                Json.write(content),
                "key-" + text,
                Map.of("tenant", "a"),
                null,
                Duration.ZERO);
    }

    private Turns.Started start(String session) {
        var request = new Turns.StartRequest(session, Stores.claimant(storage), TTL, AGENTS);
        return ((Turns.Start.Go) storage.turns().start(request)).started();
    }

    private Turns.Started started(String session) {
        storage.inbox().accept(input(session, "hello"));
        return start(session);
    }

    private static Commit commit(Turns.Started started, int rows, List<Inbox.NewInput> sends, Commit.State state) {
        var turn = started.turn().id();
        var messages =
                IntStream.range(0, rows).mapToObj(i -> Message.user("row " + i)).toList();
        var usage = IntStream.range(0, Math.min(rows, 64))
                .mapToObj(i -> new UsageRow(turn, i, "model", "m", Usage.of(1, 2)))
                .toList();
        var blobs = IntStream.range(0, Math.min(rows, 32))
                .mapToObj(i -> Blob.of("attachment " + turn + i))
                .toList();
        return new Commit(
                new Commit.Target(
                        started.session().id(),
                        turn,
                        started.lease(),
                        started.session().head().revision(),
                        false,
                        started),
                Commit.History.append(messages),
                state,
                new Commit.Settlement(
                        started.inputs().stream().map(InboxItem::sequence).toList(), false, sends, usage),
                new Commit.Record(
                        new TurnOutcome.Answered(turn, "done", Usage.NONE),
                        Blob.of("record " + turn),
                        blobs,
                        List.of()));
    }

    private static List<JournalEntry> entries(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(i -> new JournalEntry(
                        "model/" + i, "model", EffectClass.READ, "hash", "{}", "{}", 1, Instant.EPOCH, Instant.EPOCH))
                .toList();
    }

    @Test
    void an_input_is_accepted_in_two_round_trips() {
        within(3, () -> storage.inbox().accept(input("new", "first"))); // nobody can lock a row that is not there
        within(2, () -> storage.inbox().accept(input("new", "second")));
        within(2, () -> storage.inbox().accept(input("new", "second")));
    }

    @Test
    void a_turn_starts_in_two_round_trips_and_again_in_three() {
        storage.inbox().accept(input("s", "hello"));
        Turns.Started started = within(2, () -> start("s"));
        within(1, () -> storage.journal().record(started.lease(), started.turn().id(), entries(1, 1), List.of()));
        within(
                2,
                () -> storage.turns()
                        .abandon(started.lease(), started.turn().id(), Turns.Handback.drained(Duration.ZERO)));
        Turns.Started again = within(3, () -> start("s"));
        assertThat(again.journal()).hasSize(1);
        within(2, () -> storage.turns().start(new Turns.StartRequest("nobody", Stores.claimant(storage), TTL, AGENTS)));
    }

    @Test
    void j03_outcomes_are_recorded_in_one_round_trip_and_with_blobs_in_two_however_many_there_are() {
        Turns.Started started = started("s");
        var turn = started.turn().id();
        within(1, () -> storage.journal().record(started.lease(), turn, entries(1, 1), List.of()));
        within(1, () -> storage.journal().record(started.lease(), turn, entries(2, 4), List.of()));
        within(1, () -> storage.journal().record(started.lease(), turn, entries(10, 200), List.of()));
        within(2, () -> storage.journal().record(started.lease(), turn, entries(300, 200), List.of(Blob.of("a"))));
        assertThat(storage.journal().read("s", turn)).hasSize(405);
    }

    @Test
    void j03_what_was_recorded_before_costs_two_round_trips_more_and_is_handed_back() {
        Turns.Started started = started("s");
        var turn = started.turn().id();
        storage.journal().record(started.lease(), turn, entries(1, 2), List.of());
        var again = within(3, () -> storage.journal().record(started.lease(), turn, entries(1, 2), List.of()));
        assertThat(again).isEqualTo(new Journal.RecordResult.Recorded(entries(1, 2), false, false));
        var partly = within(3, () -> storage.journal().record(started.lease(), turn, entries(2, 2), List.of()));
        assertThat(partly).isEqualTo(new Journal.RecordResult.Recorded(entries(2, 1), false, false));
        assertThat(storage.journal().read("s", turn)).isEqualTo(entries(1, 3));
    }

    @Test
    void j03_who_lost_its_lease_is_told_why_and_records_nothing() {
        Turns.Started started = started("s");
        var turn = started.turn().id();
        storage.leases().release(started.lease());
        var refused = within(3, () -> storage.journal().record(started.lease(), turn, entries(1, 2), List.of()));
        assertThat(refused).isEqualTo(new Journal.RecordResult.LeaseLost("released"));
        assertThat(storage.journal().read("s", turn)).isEmpty();
    }

    @Test
    void j03_an_outcome_completes_what_was_started_in_one_round_trip() {
        Turns.Started started = started("s");
        var turn = started.turn().id();
        var begun = new JournalEntry("tool/1", "tool", EffectClass.ONCE, "hash", "{}", null, 1, Instant.EPOCH, null);
        var ended = new JournalEntry(
                "tool/1",
                "tool",
                EffectClass.ONCE,
                "hash",
                "{}",
                "{\"text\":\"done\"}",
                1,
                Instant.EPOCH,
                Instant.EPOCH);
        within(1, () -> storage.journal().record(started.lease(), turn, List.of(begun), List.of()));
        within(1, () -> storage.journal().record(started.lease(), turn, List.of(ended), List.of()));
        assertThat(storage.journal().read("s", turn)).containsExactly(ended);
        var late = within(3, () -> storage.journal().record(started.lease(), turn, List.of(begun), List.of()));
        assertThat(late).isEqualTo(new Journal.RecordResult.Recorded(List.of(ended), false, false));
    }

    @Test
    void j03_an_outcome_of_what_nobody_started_is_recorded_all_the_same() {
        Turns.Started started = started("s");
        var turn = started.turn().id();
        var refused = new JournalEntry(
                "tool/1", "tool", EffectClass.ONCE, "hash", "{}", "{\"text\":\"no\"}", 1, Instant.EPOCH, Instant.EPOCH);
        within(3, () -> storage.journal().record(started.lease(), turn, List.of(refused), List.of()));
        assertThat(storage.journal().read("s", turn)).containsExactly(refused);
    }

    @Test
    void t08_q05_a_record_says_in_its_round_trip_that_the_turn_is_cancelled_or_steered() {
        Turns.Started started = started("s");
        var turn = started.turn().id();
        var steer = new Inbox.NewInput(
                "s",
                "agent",
                new TurnId("t-" + Stores.ENVIRONMENT.id()),
                InboxItem.Kind.USER,
                InboxItem.Delivery.STEER,
                Json.write(new InboxItem.Content(Message.user("rather to Bergen"), null)),
                "steer",
                Map.of(),
                null,
                Duration.ZERO);
        storage.inbox().accept(steer);
        var steered = within(1, () -> storage.journal().record(started.lease(), turn, entries(1, 1), List.of()));
        assertThat(steered).isEqualTo(new Journal.RecordResult.Recorded(List.of(), false, true));
        storage.turns().cancel("s", turn, "ada", "enough");
        var cancelled = within(1, () -> storage.journal().record(started.lease(), turn, entries(2, 1), List.of()));
        assertThat(cancelled).isEqualTo(new Journal.RecordResult.Recorded(List.of(), true, true));
    }

    @Test
    void t05_a_turn_that_was_handed_back_records_nothing() {
        Turns.Started started = started("s");
        var turn = started.turn().id();
        PostgresServer.execute("UPDATE " + schema + ".turn SET state = 'SUSPENDED'");
        assertThat(storage.journal().record(started.lease(), turn, entries(1, 1), List.of()))
                .isEqualTo(new Journal.RecordResult.LeaseLost("turn is not running"));
        PostgresServer.execute("UPDATE " + schema + ".turn SET state = 'RUNNING'");
        for (String column : List.of("worker", "incarnation", "token")) {
            String update = "UPDATE " + schema + ".lease SET " + column + " = ";
            PostgresServer.execute(update + column + " || 'x'");
            assertThat(storage.journal().record(started.lease(), turn, entries(1, 1), List.of()))
                    .as(column)
                    .isEqualTo(new Journal.RecordResult.LeaseLost("superseded"));
            PostgresServer.execute(update + "left(" + column + ", -1)");
        }
        PostgresServer.execute("UPDATE " + schema + ".lease SET expires = 1");
        assertThat(storage.journal().record(started.lease(), turn, entries(1, 1), List.of()))
                .isEqualTo(new Journal.RecordResult.LeaseLost("expired"));
        PostgresServer.execute("UPDATE " + schema + ".lease SET generation = generation + 1");
        assertThat(storage.journal().record(started.lease(), turn, entries(1, 1), List.of()))
                .isEqualTo(new Journal.RecordResult.LeaseLost("superseded"));
        assertThat(storage.journal().read("s", turn)).isEmpty();
    }

    @Test
    void s24_a_record_where_no_schema_is_written_down_writes_nothing() {
        Turns.Started started = started("s");
        PostgresServer.execute("DELETE FROM " + schema + ".meta");
        assertThatThrownBy(() ->
                        storage.journal().record(started.lease(), started.turn().id(), entries(1, 1), List.of()))
                .isInstanceOf(RuntimeException.class);
        PostgresServer.execute("INSERT INTO " + schema + ".meta (name, value) VALUES ('schema', '3')");
        assertThat(storage.journal().read("s", started.turn().id())).isEmpty();
    }

    @Test
    void s24_a_record_under_a_newer_schema_writes_nothing() {
        Turns.Started started = started("s");
        PostgresServer.execute("UPDATE " + schema + ".meta SET value = '99' WHERE name = 'schema'");
        assertThatThrownBy(() ->
                        storage.journal().record(started.lease(), started.turn().id(), entries(1, 1), List.of()))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.code()).isEqualTo("newer_schema"));
        PostgresServer.execute("UPDATE " + schema + ".meta SET value = '3' WHERE name = 'schema'");
        assertThat(storage.journal().read("s", started.turn().id())).isEmpty();
    }

    @Test
    void s36_a_commit_takes_two_round_trips_however_many_rows_it_has() {
        committed(2, commit(started("a"), 2, List.of(), Commit.State.UNCHANGED));
        committed(2, commit(started("b"), 512, List.of(), Commit.State.UNCHANGED));
    }

    private CommitResult.Committed committed(int trips, Commit commit) {
        CommitResult result = within(trips, () -> storage.sessions().commit(commit));
        assertThat(result).isInstanceOf(CommitResult.Committed.class);
        return (CommitResult.Committed) result;
    }

    @Test
    void s36_a_commit_with_state_and_rows_for_others_takes_three_round_trips() {
        storage.inbox().accept(input("target-7", "before"));
        var components = new HashMap<String, Component>();
        for (int i = 0; i < 100; i++) {
            components.put("c" + i, Component.changed(1, "w", Blob.of("[" + i + "]")));
        }
        committed(2, commit(started("a"), 2, List.of(), new Commit.State(components, null)));
        var unchanged = new HashMap<String, Component>();
        storage.sessions().components("a").forEach(unchanged::put);
        var sends = new ArrayList<Inbox.NewInput>();
        for (int i = 0; i < 256; i++) {
            sends.add(input("target-" + i, "hello"));
        }
        committed(3, commit(started("b"), 512, sends, new Commit.State(unchanged, null)));
        assertThat(storage.inbox().due(AGENTS, 1_000)).hasSize(256);
    }

    @Test
    void s11_a_repeated_commit_takes_two_round_trips() {
        Commit commit = commit(started("a"), 2, List.of(), Commit.State.UNCHANGED);
        committed(2, commit);
        assertThat(committed(2, commit).repeated()).isTrue();
    }

    @Test
    void t05_a_turn_suspends_and_wakes_in_few_round_trips() {
        Turns.Started started = started("s");
        var turn = started.turn().id();
        var wait = new OpenWait(
                new WaitId("w-1"), "s", turn, OpenWait.Kind.APPROVAL, "May it?", "{}", Instant.EPOCH, null, null);
        var request = new Turns.SuspendRequest(
                started.lease(), turn, List.of(new WaitRow(wait, "k", null)), entries(1, 2), List.of(), Duration.ZERO);
        within(2, () -> storage.turns().suspend(request));
        within(
                3,
                () -> storage.journal()
                        .resolve(new WaitId("w-1"), Decision.Answer.of(Decision.Verdict.APPROVED), "alice"));
        within(3, () -> start("s"));
    }

    @Test
    void l04_many_leases_are_renewed_in_two_round_trips() {
        var leases = new ArrayList<Lease>();
        for (int i = 0; i < 64; i++) {
            leases.add(started("s" + i).lease());
        }
        List<Leases.Renewal> renewed = within(2, () -> storage.leases().renew(leases, TTL.multipliedBy(2)));
        assertThat(renewed).hasSize(64).allMatch(r -> r instanceof Leases.Renewal.Renewed);
    }

    @Test
    void t08_a_cancel_takes_two_round_trips() {
        Turns.Started started = started("s");
        within(2, () -> storage.turns().cancel("s", started.turn().id(), "alice", "stop"));
    }

    /** What an idle worker asks all day long: one query, and the end of its snapshot. */
    @Test
    void q06_looking_for_work_and_listening_take_two_round_trips() {
        Turns.Started started = started("s");
        within(2, () -> storage.inbox().due(AGENTS, 128));
        within(2, () -> storage.inbox().untilDue(AGENTS));
        within(2, () -> storage.sessions().heads(List.of("s", "t", "u")));
        within(
                2,
                () -> storage.turns()
                        .cancelled(List.of(new Turns.TurnRef("s", started.turn().id()))));
        within(0, () -> storage.leases().expireDead());
        within(2, () -> storage.sessions().find("s"));
    }
}
