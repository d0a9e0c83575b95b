package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.CatchUp;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.live.LiveReplay;
import dev.turnbuckle.live.LiveReplay.Origin;
import dev.turnbuckle.live.SessionEvent;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.testkit.tck.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** O12: several nodes that write and read the same streams. */
@Timeout(120)
class PostgresLiveNodesTest {
    private static final TurnId TURN = new TurnId("t-1");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Environment SYSTEM = Environment.system();

    private final String schema = PostgresServer.emptyTables();
    private final List<PostgresLiveReplay> nodes = new ArrayList<>();
    private final FaultySource faults = new FaultySource();
    private PostgresLiveReplay a;
    private PostgresLiveReplay b;

    @BeforeEach
    void open() {
        a = node(storage -> storage.around(faults::around));
        b = node(UnaryOperator.identity());
    }

    private PostgresLiveReplay node(UnaryOperator<PostgresStorage.Builder> options) {
        return node(SYSTEM, options);
    }

    private PostgresLiveReplay node(Environment environment, UnaryOperator<PostgresStorage.Builder> options) {
        PostgresStorage storage = options.apply(
                        PostgresStorage.builder(PostgresServer.url(schema)).connections(1))
                .build();
        storage.open(SYSTEM);
        storage.close();
        PostgresLiveReplay node = PostgresLiveReplay.builder(storage)
                .queue(50, 100_000)
                .gather(Duration.ofMillis(5))
                .build();
        node.open(environment);
        nodes.add(node);
        return node;
    }

    @AfterEach
    void close() {
        nodes.forEach(PostgresLiveReplay::close);
        PostgresServer.giveBack(schema);
    }

    private static Activity text(String text) {
        return new Activity.TextDelta(TURN, "m", text);
    }

    private static void settle(PostgresLiveReplay node) {
        while (!node.isSettled()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static List<SessionEvent> after(LiveReplay node, Cursor cursor) {
        return ((CatchUp.Events) node.after(cursor, 10_000)).events();
    }

    /** Reads as a subscriber does, until so many events came. */
    private static List<SessionEvent> follow(LiveReplay node, Cursor from, int events) throws InterruptedException {
        var read = new ArrayList<SessionEvent>();
        var wake = SYSTEM.signal();
        Cursor cursor = from;
        long end = System.nanoTime() + PATIENCE.toNanos();
        try (var subscription = node.subscribe(from.session(), wake)) {
            while (read.size() < events) {
                long seen = wake.version();
                List<SessionEvent> news = after(node, cursor);
                read.addAll(news);
                if (news.isEmpty()) {
                    assertThat(System.nanoTime()).as("in time").isLessThan(end);
                    wake.await(seen, PATIENCE);
                } else {
                    cursor = news.getLast().cursor();
                }
            }
        }
        return read;
    }

    @Test
    void o12_aStreamThatManyWriteIsTheSameForAllWhoRead() throws InterruptedException {
        Cursor start = a.tail("s", 0).cursor();
        int each = 40;
        var go = new CountDownLatch(1);
        var writers = nodes.stream()
                .map(n -> Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < each; i++) {
                        n.append("s", text("node " + nodes.indexOf(n) + " " + i));
                        go.countDown();
                        settle(n);
                    }
                }))
                .toList();
        go.await();
        List<SessionEvent> atA = follow(a, start, 2 * each);
        List<SessionEvent> atB = follow(b, start, 2 * each);
        for (Thread writer : writers) {
            writer.join();
        }
        assertThat(atB).isEqualTo(atA);
        for (int i = 0; i < atA.size(); i++) {
            assertThat(atA.get(i).cursor().position()).isEqualTo(start.position() + 1 + i);
        }
        assertThat(new HashSet<>(atA)).hasSize(2 * each);
    }

    @Test
    void o03_aCursorOfOneNodeGoesOnAtAnother() {
        Cursor start = a.tail("s", 0).cursor();
        a.append("s", text("a"));
        a.append("s", text("b"));
        settle(a);
        Cursor second = after(a, start).getFirst().cursor();
        assertThat(after(b, Cursor.parse(second.value())))
                .extracting(SessionEvent::activity)
                .containsExactly(text("b"));
        assertThat(b.tail("s", -1).open()).extracting(i -> i.text()).containsExactly("ab");
    }

    @Test
    void o07_eventsAgeByTheServersClockWhateverTheNodesClocksSay() {
        var stopped = new ManualClock(); // months behind, and it stands still
        PostgresLiveReplay behind = node(stopped, UnaryOperator.identity());
        Cursor start = a.tail("s", 0).cursor();
        behind.append("s", text("behind"));
        settle(behind);
        a.append("s", text("in time"));
        settle(a);
        a.trim();
        stopped.tick(Duration.ofDays(3_650));
        behind.trim();
        assertThat(after(a, start)).extracting(SessionEvent::activity).containsExactly(text("behind"), text("in time"));
        assertThat(after(behind, start)).hasSize(2);
        assertThat(count("live_event")).isEqualTo(2);
    }

    @Test
    void o06_afterACrashOfTheServerOldCursorsAreUnavailable() throws InterruptedException {
        Cursor start = a.tail("s", 0).cursor();
        a.append("s", text("a"));
        settle(a);
        var wake = SYSTEM.signal();
        try (var subscription = b.subscribe("s", wake)) {
            assertThat(after(b, start)).hasSize(1);
            long seen = wake.version();
            PostgresServer.execute("TRUNCATE " + schema + ".live_life, " + schema + ".live_header, " + schema
                    + ".live_event"); // what the server does with unlogged tables when it comes up after a crash
            assertThat(a.after(start, 10)).isEqualTo(new CatchUp.Gap(CatchUp.Reason.UNAVAILABLE, 0));
            a.append("s", text("anew"));
            settle(a);
            assertThat(wake.await(seen, PATIENCE)).as("subscribers are woken").isTrue();
            assertThat(b.after(start, 10)).isEqualTo(new CatchUp.Gap(CatchUp.Reason.UNAVAILABLE, 0));
            assertThat(b.tail("s", 0).cursor().incarnation()).isNotEqualTo(start.incarnation());
        }
    }

    @Test
    void o06_whatWaitsWhileTheDatabaseIsAwayIsStoredLater() {
        Cursor start = a.tail("s", 0).cursor();
        faults.goAway();
        a.append("s", text("a"));
        assertThat(a.after(start, 10)).isEqualTo(new CatchUp.Gap(CatchUp.Reason.UNAVAILABLE, 0));
        assertThat(a.mark("s").incarnation()).isEqualTo("unavailable");
        faults.comeBack();
        settle(a);
        assertThat(after(b, start)).extracting(SessionEvent::activity).containsExactly(text("a"));
    }

    @Test
    void o06_whatHadToBeDroppedIsAGapAndNeverAHole() {
        Cursor start = a.tail("s", 0).cursor();
        a.append("s", text("a"));
        a.append("other", text("x"));
        settle(a);
        Cursor other = a.tail("other", 0).cursor();
        faults.goAway();
        for (int i = 0; i < 60; i++) {
            a.append("s", text("text " + i));
        }
        faults.comeBack();
        a.append("s", text("on"));
        settle(a);
        assertThat(b.after(start, 100)).isEqualTo(new CatchUp.Gap(CatchUp.Reason.UNAVAILABLE, 0));
        Cursor again = b.tail("s", 0).cursor();
        a.append("s", text("and on"));
        a.append("other", text("y"));
        settle(a);
        assertThat(after(b, again)).extracting(SessionEvent::activity).containsExactly(text("and on"));
        assertThat(after(b, other)).extracting(SessionEvent::activity).containsExactly(text("y"));
    }

    @Test
    void o06_aFlushThatNobodyKnowsTheEndOfIsAGap() {
        Cursor start = a.tail("s", 0).cursor();
        faults.loseNextCommit();
        a.append("s", text("perhaps")); // it landed; only its node does not know
        settle(a);
        assertThat(count("live_event")).isEqualTo(1);
        assertThat(b.after(start, 10)).isEqualTo(new CatchUp.Gap(CatchUp.Reason.UNAVAILABLE, 0));
        Cursor again = b.tail("s", 0).cursor();
        a.append("s", text("on"));
        settle(a);
        assertThat(after(b, again)).extracting(SessionEvent::activity).containsExactly(text("on"));
    }

    @Test
    void o17_aCommitIsToldOnceWhoeverSeesIt() throws InterruptedException {
        Cursor start = a.tail("s", 0).cursor();
        a.append("s", new Origin(0, 1), text("a"));
        settle(a);
        b.head("s", 1); // the store has it already; the committer is about to say so
        a.append("s", new Origin(0, 1), new Activity.Committed(1, 2));
        a.head("s", 1);
        settle(a);
        settle(b);
        assertThat(after(b, start))
                .extracting(SessionEvent::activity)
                .containsExactly(text("a"), new Activity.Committed(1, 2));
        b.head("s", 2); // nobody says it: the committer is dead
        assertThat(follow(a, start, 3))
                .last()
                .extracting(SessionEvent::activity)
                .isEqualTo(new Activity.Committed(2, 0));
    }

    @Test
    void o04_aThousandSubscribersOfASessionCostAsManyQueriesAsOne() throws InterruptedException {
        Cursor start = a.tail("s", 0).cursor();
        var ready = new CountDownLatch(1_000);
        var done = new CountDownLatch(1_000);
        var failures = Collections.synchronizedList(new ArrayList<Throwable>());
        b.append("s", text("the first"));
        settle(b);
        for (int i = 0; i < 1_000; i++) {
            Thread.ofVirtual().start(() -> {
                try {
                    Cursor first = follow(a, start, 1).getLast().cursor();
                    try (var subscription = a.subscribe("s", SYSTEM.signal())) { // nobody leaves while others come
                        ready.countDown();
                        follow(a, first, 20);
                    }
                } catch (Throwable e) {
                    failures.add(e);
                } finally {
                    done.countDown();
                }
            });
        }
        ready.await();
        int before = faults.connections();
        long began = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            b.append("s", text("text " + i));
            settle(b);
        }
        done.await();
        assertThat(failures).isEmpty();
        long looks = Duration.ofNanos(System.nanoTime() - began).toMillis() / 10 + 20;
        assertThat((long) faults.connections() - before)
                .as("transactions, where each asking for itself would make twenty thousand")
                .isLessThan(looks + 100);
    }

    @Test
    void o12_behindAPoolerNewsArePolled() throws InterruptedException {
        PostgresLiveReplay polling = node(s -> s.pooler(true));
        Cursor start = a.tail("s", 0).cursor();
        a.append("s", text("a"));
        assertThat(follow(polling, start, 1)).hasSize(1);
    }

    @Test
    void o07_whatIsTooOldLeavesTheTables() {
        a.append("s", text("a"));
        settle(a);
        PostgresServer.execute("UPDATE " + schema + ".live_event SET shown = 0");
        PostgresServer.execute("UPDATE " + schema + ".live_header SET used = 0, open = NULL");
        Cursor tail = a.tail("s", 0).cursor();
        b.trim();
        assertThat(a.after(tail, 10)).isEqualTo(new CatchUp.Events(List.of()));
        assertThat(count("live_event")).isZero();
        assertThat(count("live_header")).as("looked through now and then only").isEqualTo(1);
    }

    private long count(String table) {
        try (var connection = PostgresServer.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT COUNT(*) FROM " + schema + "." + table)) {
            rows.next();
            return rows.getLong(1);
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
