package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.error.TurnbuckleException.Remedy;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.session.CancelResult;
import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.MoveResult;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.SessionSummary.Metadata;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Component;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Journal;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Leases;
import dev.turnbuckle.store.Move;
import dev.turnbuckle.store.Scope;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.store.UsageRow;
import dev.turnbuckle.store.WaitRow;
import dev.turnbuckle.testkit.tck.ManualClock;
import dev.turnbuckle.tool.EffectClass;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * S9 and S11 statement by statement: each operation, with a fault at each of its statements, on both databases. Rows are
 * those before or those after, never others; what threw says retry; the same call again ends right.
 */
@Timeout(120)
class StatementFaultsTest {
    private static final Duration TTL = Duration.ofSeconds(30);
    private static final Claimant DRIVER = new Claimant("node", "incarnation", "token");
    private static final TurnId TURN = new TurnId("t-1");
    private static final WaitId WAIT = new WaitId("w-1");

    /**
     * @param given what there is before, made without faults
     * @param call done with them
     * @param right whether this may be the answer to the call, or to the call made again
     * @param counts whether a repeated call is counted in the rows
     */
    private record Operation(
            String name,
            Function<Storage, Object> given,
            Function<Storage, Object> call,
            Predicate<Object> right,
            boolean counts) {
        Operation(
                String name, Function<Storage, Object> given, Function<Storage, Object> call, Predicate<Object> right) {
            this(name, given, call, right, false);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Inbox.NewInput input(String session, TurnId turn, InboxItem.Delivery delivery) {
        return new Inbox.NewInput(
                session,
                "agent",
                turn,
                InboxItem.Kind.USER,
                delivery,
                Json.write(new InboxItem.Content(Message.user("Hello"), null)),
                "key-" + turn,
                Map.of(),
                null,
                Duration.ZERO,
                List.of(Blob.of("a file")));
    }

    private static Inbox.NewInput input() {
        return input("s", TURN, InboxItem.Delivery.NEXT_TURN);
    }

    private static Turns.Start start(Storage storage) {
        return storage.turns().start(new Turns.StartRequest("s", DRIVER, TTL, Set.of("agent")));
    }

    private static Turns.Started started(Storage storage) {
        storage.inbox().accept(input());
        return ((Turns.Start.Go) start(storage)).started();
    }

    /** Of the lease that {@link #started} got, read so that the call alone has faults. */
    private static Lease lease() {
        var now = ManualClock.BEGINNING;
        return new Lease(Scope.session("s"), DRIVER, 1, now, now.plus(TTL));
    }

    private static List<JournalEntry> entries() {
        return List.of(entry("model/1", "{}"), entry("model/1/tool/0", null));
    }

    private static JournalEntry entry(String key, String outcome) {
        return new JournalEntry(
                key,
                "model",
                EffectClass.ONCE,
                "hash",
                "{}",
                outcome,
                1,
                Instant.EPOCH,
                outcome == null ? null : Instant.EPOCH);
    }

    private static Commit commit(long input) {
        return new Commit(
                new Commit.Target("s", TURN, lease(), 0),
                Commit.History.append(List.of(Message.user("Hello"), Message.user("Hi"))),
                new Commit.State(
                        Map.of("notes", Component.changed(1, "w", Blob.of("[1]"))),
                        new Metadata("title", null, null, null, null, Map.of())),
                new Commit.Settlement(
                        List.of(input),
                        false,
                        List.of(
                                input("other", new TurnId("o-1"), InboxItem.Delivery.NEXT_TURN),
                                input("s", new TurnId("t-2"), InboxItem.Delivery.NEXT_TURN)),
                        List.of(new UsageRow(TURN, 1, "model", "m", Usage.of(1, 2)))),
                new Commit.Record(
                        new TurnOutcome.Answered(TURN, "Hi", Usage.NONE), Blob.of("record"), List.of(), List.of()));
    }

    private static Object committed(Storage storage) {
        started(storage);
        return storage.sessions().commit(commit(sequence(storage)));
    }

    private static long sequence(Storage storage) {
        return storage.inbox().find("s", new Inbox.Ref.Turn(TURN)).orElseThrow().sequence();
    }

    private static Turns.SuspendRequest suspension() {
        var wait = new OpenWait(WAIT, "s", TURN, OpenWait.Kind.APPROVAL, "May it?", "{}", Instant.EPOCH, null, null);
        return new Turns.SuspendRequest(
                lease(), TURN, List.of(new WaitRow(wait, "k", null)), entries(), List.of(), Duration.ZERO);
    }

    private static Object suspended(Storage storage) {
        started(storage);
        return storage.turns().suspend(suspension());
    }

    private static Object nothing(Storage storage) {
        return "nothing";
    }

    static Stream<Operation> operations() {
        return Stream.of(
                new Operation(
                        "accept",
                        StatementFaultsTest::nothing,
                        s -> s.inbox().accept(input()),
                        r -> r instanceof Inbox.Accepted.Row row
                                && row.item().turn().equals(TURN)),
                new Operation(
                        "start",
                        s -> s.inbox().accept(input()),
                        StatementFaultsTest::start,
                        r -> r instanceof Turns.Start.Go go
                                && go.started().turn().id().equals(TURN),
                        true),
                new Operation(
                        "record",
                        StatementFaultsTest::started,
                        s -> s.journal().record(lease(), TURN, entries(), List.of(Blob.of("a blob"))),
                        r -> r instanceof Journal.RecordResult.Recorded),
                new Operation(
                        "record at once",
                        StatementFaultsTest::started,
                        s -> s.journal().record(lease(), TURN, List.of(entry("tool/1", null)), List.of()),
                        r -> r instanceof Journal.RecordResult.Recorded),
                new Operation(
                        "complete at once",
                        s -> {
                            started(s);
                            return s.journal().record(lease(), TURN, List.of(entry("tool/1", null)), List.of());
                        },
                        s -> s.journal().record(lease(), TURN, List.of(entry("tool/1", "{}")), List.of()),
                        r -> r instanceof Journal.RecordResult.Recorded),
                new Operation(
                        "commit",
                        StatementFaultsTest::started,
                        s -> s.sessions().commit(commit(sequence(s))),
                        r -> r instanceof CommitResult.Committed c && c.revision() == 1),
                new Operation(
                        "suspend",
                        StatementFaultsTest::started,
                        s -> s.turns().suspend(suspension()),
                        r -> r instanceof Turns.Suspension.Suspended
                                || r.equals(new Turns.Suspension.LeaseLost("released"))),
                new Operation(
                        "abandon",
                        StatementFaultsTest::started,
                        s -> s.turns()
                                .abandon(lease(), TURN, new Turns.Handback("broken", TTL, true, Duration.ofSeconds(1))),
                        r -> r instanceof Boolean),
                new Operation(
                        "cancel",
                        StatementFaultsTest::started,
                        s -> s.turns().cancel("s", TURN, "alice", "stop"),
                        r -> r == CancelResult.REQUESTED || r == CancelResult.ALREADY_REQUESTED),
                new Operation(
                        "resolve",
                        StatementFaultsTest::suspended,
                        s -> s.journal().resolve(WAIT, Decision.Answer.of(Decision.Verdict.APPROVED), "bob"),
                        r -> r instanceof Optional<?> o
                                && o.orElseThrow() instanceof Decision d
                                && d.by().equals("bob")),
                new Operation(
                        "renew",
                        StatementFaultsTest::started,
                        s -> s.leases().renew(List.of(lease()), TTL.multipliedBy(2)),
                        r -> r instanceof List<?> l && l.getFirst() instanceof Leases.Renewal.Renewed),
                new Operation(
                        "release",
                        StatementFaultsTest::started,
                        s -> s.leases().release(lease()),
                        r -> r instanceof Boolean),
                new Operation(
                        "steers",
                        s -> {
                            started(s);
                            return s.inbox().accept(input("s", new TurnId("t-2"), InboxItem.Delivery.STEER));
                        },
                        s -> s.inbox().claimSteers(lease(), TURN, 1),
                        r -> r instanceof Inbox.Steers.Claimed c && c.items().size() == 1),
                new Operation(
                        "create",
                        StatementFaultsTest::nothing,
                        s -> s.sessions().create("s", "agent", Metadata.NONE),
                        r -> r instanceof Boolean),
                new Operation(
                        "cancel inputs",
                        s -> s.inbox().accept(input()),
                        s -> s.inbox().cancel("s", List.of(new Inbox.Ref.Turn(TURN))),
                        r -> ((List<?>) r).size() == 1),
                new Operation(
                        "move",
                        s -> s.sessions().create("s", "agent", Metadata.NONE),
                        s -> s.sessions()
                                .move(new Move(
                                        "s",
                                        "agent",
                                        TURN,
                                        DRIVER,
                                        Commit.History.append(List.of(Message.user("a"))),
                                        false)),
                        r -> r instanceof Move.Done d && d.result() instanceof MoveResult.Moved,
                        true),
                new Operation(
                        "delete",
                        StatementFaultsTest::committed,
                        s -> s.sessions().delete("s"),
                        r -> r instanceof Boolean),
                new Operation(
                        "reclaim",
                        s -> {
                            committed(s);
                            return s.sessions().delete("s");
                        },
                        s -> s.maintenance().reclaim(1_000),
                        r -> r instanceof Integer));
    }

    /** One database with faults in its connections. */
    private abstract static class Database implements AutoCloseable {
        abstract StatementFaults faults();

        abstract Storage storage();

        abstract void reopen();

        abstract Connection connect() throws SQLException;

        abstract String prefix();

        @Override
        public abstract void close();

        /** What the databases tell apart. */
        abstract List<StatementFaults.How> hows();

        private Connection reading;

        private Connection reading() throws SQLException {
            if (reading == null) {
                reading = connect();
            }
            return reading;
        }

        final List<String> rows() throws SQLException {
            return new RawReader(reading(), prefix()).rows();
        }

        final void empty() throws SQLException {
            try (var statement = reading().createStatement()) {
                for (String table : PostgresServer.STORAGE_TABLES) {
                    statement.executeUpdate("DELETE FROM " + prefix() + table);
                }
            }
        }

        final void leave() {
            try {
                reading().close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static final class Sqlite extends Database {
        private final SqliteFixture fixture = new SqliteFixture();
        private final StatementFaults faults =
                new StatementFaults((how, commit) -> new SQLException("injected", null, Faults.IO_ERROR_AT_FSYNC));
        private Storage storage;

        Sqlite() {
            reopen();
        }

        @Override
        void reopen() {
            if (storage != null) {
                storage.close();
            }
            storage = SqliteStorage.builder(fixture.file())
                    .connector(file -> {
                        var real = new SqliteConnector(file, SqliteStorage.Synchronous.FULL);
                        return use -> use == Connector.Use.WRITE ? faulty(real.open(use)) : real.open(use);
                    })
                    .build();
            storage.open(new ManualClock());
        }

        private Connection faulty(Connection connection) throws SQLException {
            DataSource one = (DataSource) java.lang.reflect.Proxy.newProxyInstance(
                    DataSource.class.getClassLoader(),
                    new Class<?>[] {DataSource.class},
                    (p, method, args) -> connection);
            return faults.around(one).getConnection();
        }

        @Override
        StatementFaults faults() {
            return faults;
        }

        @Override
        Storage storage() {
            return storage;
        }

        @Override
        Connection connect() throws SQLException {
            return DriverManager.getConnection("jdbc:sqlite:" + fixture.file());
        }

        @Override
        String prefix() {
            return "";
        }

        /** Without a network nothing is lost on the way. */
        @Override
        List<StatementFaults.How> hows() {
            return List.of(StatementFaults.How.BEFORE, StatementFaults.How.AFTER);
        }

        @Override
        public void close() {
            leave();
            storage.close();
            fixture.close();
        }
    }

    private static final class Postgres extends Database {
        private final PostgresFixture fixture = new PostgresFixture();
        private final StatementFaults faults = new StatementFaults((how, commit) -> new SQLException(
                "injected",
                how == StatementFaults.How.LOST || (commit && how != StatementFaults.How.BEFORE) ? "08006" : "XX000"));
        private final PostgresStorage storage =
                fixture.builder().around(faults::around).build();

        Postgres() {
            storage.open(new ManualClock());
        }

        @Override
        void reopen() {
            throw new AssertionError("nothing closes this storage");
        }

        @Override
        StatementFaults faults() {
            return faults;
        }

        @Override
        Storage storage() {
            return storage;
        }

        @Override
        Connection connect() throws SQLException {
            Connection connection = PostgresServer.connect();
            connection.createStatement().execute("SET synchronous_commit = off");
            return connection;
        }

        @Override
        String prefix() {
            return fixture.schema() + ".";
        }

        @Override
        List<StatementFaults.How> hows() {
            return List.of(StatementFaults.How.values());
        }

        @Override
        public void close() {
            leave();
            storage.close();
            fixture.close();
        }
    }

    /** @return how many statements the operation has */
    private static int faultless(Database database, Operation operation) {
        database.faults().failAfter(Integer.MAX_VALUE, StatementFaults.How.BEFORE);
        assertThat(operation.call().apply(database.storage())).matches(operation.right());
        return database.faults().passed();
    }

    private static void everyStatement(Database database, Operation operation) throws SQLException {
        assertThat(operation.given().apply(database.storage())).isNotNull();
        List<String> before = database.rows();
        int statements = faultless(database, operation);
        List<String> after = database.rows();
        assertThat(after).isNotEqualTo(before);
        assertThat(statements).isGreaterThanOrEqualTo(operation.name().endsWith("at once") ? 1 : 2);
        for (var how : database.hows()) {
            for (int k = 0; k < statements; k++) {
                database.empty();
                assertThat(operation.given().apply(database.storage())).isNotNull();
                assertThat(database.rows()).isEqualTo(before);
                faulty(database, operation, k, how, new Both(before, after));
            }
        }
    }

    private record Both(List<String> before, List<String> after) {}

    private static void faulty(Database database, Operation operation, int k, StatementFaults.How how, Both rows)
            throws SQLException {
        String at = operation + ", " + how + " statement " + (k + 1);
        database.faults().failAfter(k, how);
        StorageException failure = null;
        try {
            assertThat(operation.call().apply(database.storage())).as(at).matches(operation.right());
        } catch (StorageException e) {
            failure = e;
        }
        assertThat(database.faults().fired()).as(at).isTrue();
        List<String> left = database.rows();
        if (failure == null) {
            assertThat(left).as(at + ": it said that it was done").isEqualTo(rows.after());
        } else if (database.faults().wasCommit() && how != StatementFaults.How.BEFORE) {
            assertThat(left).as(at + ": nobody heard that it had landed").isEqualTo(rows.after());
        } else {
            assertThat(left).as(at + ": nothing half done").isEqualTo(rows.before());
        }
        if (failure != null && failure.code().equals("store_closed")) {
            database.reopen();
        } else if (failure != null) {
            assertThat(failure.remedy()).as(at).isEqualTo(Remedy.RETRY);
        }
        assertThat(operation.call().apply(database.storage()))
                .as(at + ", again")
                .matches(operation.right());
        if (!operation.counts()) {
            assertThat(database.rows()).as(at + ", again").isEqualTo(rows.after());
        }
    }

    @ParameterizedTest
    @MethodSource("operations")
    void s09_a_fault_at_any_statement_leaves_nothing_on_sqlite(Operation operation) throws SQLException {
        try (var database = new Sqlite()) {
            everyStatement(database, operation);
        }
    }

    @ParameterizedTest
    @MethodSource("operations")
    void s09_a_fault_at_any_statement_leaves_nothing_on_postgres(Operation operation) throws SQLException {
        try (var database = new Postgres()) {
            everyStatement(database, operation);
        }
    }
}
