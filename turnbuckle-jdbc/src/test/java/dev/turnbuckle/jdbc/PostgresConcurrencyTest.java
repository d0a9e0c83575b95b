package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.error.StorageException;
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
import dev.turnbuckle.store.Leases;
import dev.turnbuckle.store.Scope;
import dev.turnbuckle.store.Turns;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two nodes on one database, at the same moment. */
@Timeout(120)
class PostgresConcurrencyTest {
    private static final Duration TTL = Duration.ofSeconds(30);

    private final String schema = PostgresServer.emptyTables();
    private final List<PostgresStorage> nodes = new ArrayList<>();

    private PostgresStorage node(PostgresStorage.Builder builder) {
        var storage = builder.connections(8).build();
        storage.open(Stores.ENVIRONMENT);
        nodes.add(storage);
        return storage;
    }

    private PostgresStorage node() {
        return node(PostgresStorage.builder(PostgresServer.url(schema)));
    }

    @AfterEach
    void close() {
        nodes.forEach(PostgresStorage::close);
        PostgresServer.giveBack(schema);
    }

    private static <T> List<T> atOnce(List<Callable<T>> calls) throws Exception {
        var barrier = new CyclicBarrier(calls.size());
        var results = new ArrayList<T>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var futures = new ArrayList<Future<T>>();
            for (Callable<T> call : calls) {
                futures.add(threads.submit(() -> {
                    barrier.await();
                    return call.call();
                }));
            }
            for (Future<T> future : futures) {
                results.add(future.get());
            }
        }
        return results;
    }

    private static Inbox.NewInput input(String session, String key) {
        return new Inbox.NewInput(
                session,
                "agent",
                new TurnId("t-" + Stores.ENVIRONMENT.id()),
                InboxItem.Kind.WORK,
                InboxItem.Delivery.NEXT_TURN,
                Json.write(new InboxItem.Content(Message.user("hello"), null)),
                key,
                Map.of(),
                null,
                Duration.ZERO);
    }

    @Test
    void q02_one_key_sent_to_a_new_session_from_everywhere_makes_one_row() throws Exception {
        var a = node();
        var b = node();
        for (int round = 0; round < 10; round++) {
            String session = "s" + round;
            var calls = new ArrayList<Callable<Inbox.Accepted>>();
            for (int i = 0; i < 12; i++) {
                var to = i % 2 == 0 ? a : b;
                calls.add(() -> to.inbox().accept(input(session, "key")));
            }
            List<Inbox.Accepted> accepted = atOnce(calls);
            assertThat(accepted)
                    .filteredOn(r -> !((Inbox.Accepted.Row) r).existing())
                    .hasSize(1);
            assertThat(accepted)
                    .extracting(r -> ((Inbox.Accepted.Row) r).item().sequence())
                    .containsOnly(
                            ((Inbox.Accepted.Row) accepted.getFirst()).item().sequence());
        }
    }

    /** The order of a session's rows is that in which they became visible: no number comes up behind a later one. */
    @Test
    void q01_a_session_s_sequence_is_the_order_of_its_transactions() throws Exception {
        var a = node();
        var b = node();
        var calls = new ArrayList<Callable<Long>>();
        for (int i = 0; i < 16; i++) {
            var to = i % 2 == 0 ? a : b;
            calls.add(() -> {
                long highest = 0;
                for (int n = 0; n < 10; n++) {
                    long seen = to.inbox().list("s", Set.of(InboxItem.State.PENDING)).stream()
                            .mapToLong(InboxItem::sequence)
                            .max()
                            .orElse(0);
                    long mine = ((Inbox.Accepted.Row) to.inbox().accept(input("s", null)))
                            .item()
                            .sequence();
                    assertThat(mine).isGreaterThan(seen);
                    highest = mine;
                }
                return highest;
            });
        }
        assertThat(atOnce(calls)).doesNotHaveDuplicates().hasSize(16);
        assertThat(a.inbox().list("s", Set.of(InboxItem.State.PENDING))).hasSize(160);
    }

    @Test
    void s02_of_concurrent_creates_exactly_one_answers_created() throws Exception {
        var a = node();
        var b = node();
        for (int round = 0; round < 10; round++) {
            String session = "s" + round;
            var created = atOnce(List.<Callable<Boolean>>of(
                    () -> a.sessions().create(session, "agent", Metadata.NONE),
                    () -> b.sessions().create(session, "agent", Metadata.NONE),
                    () -> a.sessions().create(session, "agent", Metadata.NONE),
                    () -> b.sessions().create(session, "agent", Metadata.NONE)));
            assertThat(created).containsExactlyInAnyOrder(true, false, false, false);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "trigger"})
    void l03_of_concurrent_acquisitions_exactly_one_wins(String kind) throws Exception {
        var a = node();
        var b = node();
        for (int round = 1; round <= 10; round++) {
            var calls = new ArrayList<Callable<Leases.Grant>>();
            for (int i = 0; i < 8; i++) {
                var by = i % 2 == 0 ? a : b;
                calls.add(() -> by.leases().acquire(new Scope(kind, "x"), Stores.claimant(by), TTL));
            }
            var granted = atOnce(calls).stream()
                    .filter(Leases.Grant.Granted.class::isInstance)
                    .map(g -> ((Leases.Grant.Granted) g).lease())
                    .toList();
            assertThat(granted).hasSize(1);
            assertThat(granted.getFirst().generation()).isEqualTo(round);
            assertThat(a.leases().release(granted.getFirst())).isTrue();
        }
    }

    private static Turns.Start start(PostgresStorage storage, String session) {
        return storage.turns().start(new Turns.StartRequest(session, Stores.claimant(storage), TTL, Set.of("agent")));
    }

    @Test
    void t02_a_turn_is_started_by_one_of_many_nodes() throws Exception {
        var a = node();
        var b = node();
        for (int round = 0; round < 10; round++) {
            String session = "s" + round;
            a.inbox().accept(input(session, null));
            var calls = new ArrayList<Callable<Turns.Start>>();
            for (int i = 0; i < 8; i++) {
                var by = i % 2 == 0 ? a : b;
                calls.add(() -> start(by, session));
            }
            List<Turns.Start> starts = atOnce(calls);
            assertThat(starts).filteredOn(Turns.Start.Go.class::isInstance).hasSize(1);
            assertThat(starts).filteredOn(Turns.Start.Busy.class::isInstance).hasSize(7);
        }
    }

    private static Commit commit(Turns.Started started, List<Inbox.NewInput> sends) {
        var turn = started.turn().id();
        return new Commit(
                new Commit.Target(
                        started.session().id(),
                        turn,
                        started.lease(),
                        started.session().head().revision()),
                Commit.History.append(List.of(Message.user("hello"))),
                Commit.State.UNCHANGED,
                new Commit.Settlement(
                        started.inputs().stream().map(InboxItem::sequence).toList(), false, sends, List.of()),
                new Commit.Record(
                        new TurnOutcome.Answered(turn, "done", Usage.NONE),
                        Blob.of("record"),
                        List.of(),
                        List.of(Blob.of("a"), Blob.of("b"), Blob.of("c"))));
    }

    /** Each locks the other's session too; no order that they are named in makes them wait for each other. */
    @Test
    void s06_commits_that_send_to_each_other_s_sessions_all_land() throws Exception {
        var a = node();
        var b = node();
        int sessions = 6;
        for (int round = 0; round < 8; round++) {
            var calls = new ArrayList<Callable<CommitResult>>();
            for (int i = 0; i < sessions; i++) {
                var by = i % 2 == 0 ? a : b;
                String session = "s" + i;
                by.inbox().accept(input(session, null));
                var started = ((Turns.Start.Go) start(by, session)).started();
                var sends = new ArrayList<Inbox.NewInput>();
                IntStream.range(0, sessions).forEach(n -> sends.add(input("s" + n, null)));
                if (i % 2 == 0) {
                    java.util.Collections.reverse(sends);
                }
                calls.add(() -> by.sessions().commit(commit(started, sends)));
            }
            assertThat(atOnce(calls)).allMatch(CommitResult.Committed.class::isInstance);
        }
        assertThat(a.sessions().find("s0").orElseThrow().head().revision()).isEqualTo(8);
    }

    @Test
    void s07_of_many_commits_from_one_base_on_two_nodes_one_lands() throws Exception {
        var a = node();
        var b = node();
        a.inbox().accept(input("s", null));
        var started = ((Turns.Start.Go) start(a, "s")).started();
        var calls = new ArrayList<Callable<CommitResult>>();
        for (int i = 0; i < 8; i++) {
            var by = i % 2 == 0 ? a : b;
            calls.add(() -> by.sessions().commit(commit(started, List.of())));
        }
        assertThat(atOnce(calls))
                .filteredOn(r -> !((CommitResult.Committed) r).repeated())
                .hasSize(1);
        assertThat(b.sessions().find("s").orElseThrow().head().revision()).isEqualTo(1);
    }

    @Test
    void t08_a_cancel_and_a_commit_at_once_end_in_one_of_two_ways() throws Exception {
        var a = node();
        var b = node();
        for (int round = 0; round < 12; round++) {
            String session = "s" + round;
            a.inbox().accept(input(session, null));
            var started = ((Turns.Start.Go) start(a, session)).started();
            List<Object> ends = atOnce(List.<Callable<Object>>of(
                    () -> a.sessions().commit(commit(started, List.of())),
                    () -> b.turns().cancel(session, started.turn().id(), "alice", "stop")));
            boolean committed = ends.getFirst() instanceof CommitResult.Committed;
            assertThat(ends.get(1).toString()).isEqualTo(committed ? "COMPLETION_WON" : "REQUESTED");
            assertThat(a.sessions().find(session).orElseThrow().head().revision())
                    .isEqualTo(committed ? 1 : 0);
        }
    }

    @Test
    void q18_what_one_node_chose_the_others_leave_alone_for_a_moment() {
        var a = node();
        var b = node();
        List.of("s1", "s2", "s3", "idle").forEach(s -> a.inbox().accept(input(s, null)));
        start(a, "idle");
        assertThat(a.inbox().choose(List.of("s1", "idle", "s2"))).containsExactly("s1", "s2");
        assertThat(b.inbox().choose(List.of("s1", "s2", "s3"))).containsExactly("s3");
        assertThat(b.inbox().due(Set.of("agent"), 10)).isEmpty();
        assertThat(b.inbox().untilDue(Set.of("agent")).orElseThrow()).isLessThanOrEqualTo(Duration.ofSeconds(2));
        assertThat(start(b, "s1")).as("a hint keeps nobody from it").isInstanceOf(Turns.Start.Go.class);
        PostgresServer.execute("UPDATE " + schema + ".session SET due = due - 2000000 WHERE id = 's2'");
        assertThat(b.inbox().due(Set.of("agent"), 10)).as("who chose it died").containsExactly("s2");
    }

    @Test
    void q18_what_somebody_works_on_is_left_out_and_not_waited_for() throws Exception {
        var a = node();
        List.of("s1", "s2").forEach(s -> a.inbox().accept(input(s, null)));
        try (var other = PostgresServer.connect()) {
            other.setAutoCommit(false);
            other.createStatement().execute("SELECT 1 FROM " + schema + ".session WHERE id = 's1' FOR NO KEY UPDATE");
            assertThat(a.inbox().choose(List.of("s1", "s2"))).containsExactly("s2");
            other.rollback();
        }
        assertThat(a.inbox().choose(List.of("s1"))).containsExactly("s1");
    }

    @Test
    void s03_a_delete_beside_accepts_leaves_a_tombstone_and_no_row() throws Exception {
        var a = node();
        var b = node();
        for (int round = 0; round < 10; round++) {
            String session = "s" + round;
            a.inbox().accept(input(session, null));
            var calls = new ArrayList<Callable<Object>>();
            calls.add(() -> b.sessions().delete(session));
            for (int i = 0; i < 6; i++) {
                var to = i % 2 == 0 ? a : b;
                calls.add(() -> {
                    try {
                        return to.inbox().accept(input(session, null));
                    } catch (dev.turnbuckle.error.SessionDeletedException deleted) {
                        return "deleted";
                    }
                });
            }
            assertThat(atOnce(calls).getFirst()).isEqualTo(true);
            assertThat(a.inbox().list(session, Set.of(InboxItem.State.values())))
                    .isEmpty();
            assertThat(a.sessions().find(session).orElseThrow().deleted()).isTrue();
        }
    }

    @Test
    void s03_two_nodes_reclaim_beside_each_other() throws Exception {
        var a = node();
        var b = node();
        for (int i = 0; i < 20; i++) {
            a.inbox().accept(input("s" + i, null));
            a.sessions().commit(commit(((Turns.Start.Go) start(a, "s" + i)).started(), List.of()));
            a.sessions().delete("s" + i);
        }
        int removed = 0;
        for (int round = 0; round < 5; round++) {
            removed +=
                    atOnce(List.<Callable<Integer>>of(
                                    () -> a.maintenance().reclaim(15),
                                    () -> b.maintenance().reclaim(15)))
                            .stream()
                            .mapToInt(Integer::intValue)
                            .sum();
        }
        assertThat(removed).as("20 turns, 20 branches, 20 entries").isEqualTo(60);
        assertThat(a.maintenance().reclaim(15)).isZero();
    }

    /** The database's own default may be anything. */
    @ParameterizedTest
    @ValueSource(strings = {"serializable", "repeatable\\ read"})
    void s36_the_isolation_is_set_and_not_taken_from_the_server(String isolation) throws Exception {
        String options = "&options=-c%20default_transaction_isolation=" + isolation.replace("\\ ", "%5C%20");
        var a = node(PostgresStorage.builder(PostgresServer.url(schema) + options));
        var b = node(PostgresStorage.builder(PostgresServer.url(schema) + options));
        var calls = new ArrayList<Callable<Inbox.Accepted>>();
        for (int i = 0; i < 16; i++) {
            var to = i % 2 == 0 ? a : b;
            calls.add(() -> to.inbox().accept(input("s", null)));
        }
        assertThat(atOnce(calls)).hasSize(16);
    }

    /** Statements fail with this SQLSTATE, as many as are left. */
    private static DataSource failing(DataSource source, String state, AtomicInteger left) {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (p, method, args) -> {
                    Object result = method.invoke(source, args);
                    return result instanceof Connection connection ? failing(connection, state, left) : result;
                });
    }

    private static Connection failing(Connection connection, String state, AtomicInteger left) {
        return (Connection) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {Connection.class}, (p, method, args) -> {
                    try {
                        Object result = method.invoke(connection, args);
                        return result instanceof PreparedStatement statement
                                        && args[0].toString().contains("FOR NO KEY")
                                ? failing(statement, state, left)
                                : result;
                    } catch (java.lang.reflect.InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static PreparedStatement failing(PreparedStatement statement, String state, AtomicInteger left) {
        return (PreparedStatement) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {PreparedStatement.class}, (p, method, args) -> {
                    if (method.getName().equals("execute") && left.getAndDecrement() > 0) {
                        throw new SQLException("injected", state);
                    }
                    try {
                        return method.invoke(statement, args);
                    } catch (java.lang.reflect.InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"40001", "40P01"})
    void s36_what_others_were_in_the_way_of_is_run_again_as_it_was_and_not_for_ever(String state) {
        var left = new AtomicInteger();
        var storage = node(PostgresStorage.builder(PostgresServer.url(schema))
                .retries(3)
                .around(source -> failing(source, state, left)));
        left.set(3);
        storage.inbox().accept(input("s", null));
        assertThat(storage.inbox().list("s", Set.of(InboxItem.State.PENDING))).hasSize(1);
        left.set(4);
        assertThatThrownBy(() -> storage.inbox().accept(input("s", null)))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.code()).isEqualTo("contended"));
        assertThat(storage.inbox().list("s", Set.of(InboxItem.State.PENDING))).hasSize(1);
    }
}
