package dev.turnbuckle.checks.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.env.Environment;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.CatchUp;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.store.Maintenance.Finding;
import dev.turnbuckle.store.Storage;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A backup is taken while turns run, the original goes on for a while and is stopped, the copy goes on from where it
 * was. What an operator must know about the time between is asserted as well, because it is not nice.
 */
final class Restoration {
    /** Of a node that is not there any more: the copy waits for its end where nothing else shows that it is dead. */
    private static final Duration LEASE = Duration.ofSeconds(10);

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final List<String> STEADY = List.of("steady-0", "steady-1");
    private static final int WARM = 5;

    /** Taken while the original is in use. */
    interface Backup {
        void take() throws Exception;
    }

    /** Of what was taken, when the original is out of use. */
    interface Restore {
        Database restored() throws Exception;
    }

    private final Database original;
    private final Till before = new Till(true);
    private final Till after = new Till(false);
    private final List<AtomicInteger> answered = List.of(new AtomicInteger(), new AtomicInteger());
    private List<Integer> known = List.of();
    private volatile boolean stopped;

    Restoration(Database original) {
        this.original = original;
    }

    void run(Backup backup, Restore restore) throws Exception {
        Cursor cursor;
        try (Turnbuckle node = node(original, before, "first")) {
            cursor = use(node, backup);
        }
        Database copy = restore.restored();
        var rows = new Rows(copy);
        List<Long> steady = checkCopy(rows);
        long ended = rows.number("SELECT COUNT(*) FROM turn WHERE state = 'ENDED'");
        assertThat(ended).isPositive();
        try (Turnbuckle node = node(copy, after, "second")) {
            awaitRest(rows);
            checkWhatWentOn(rows, steady);
            checkWhatIsUnknown(node, rows, steady, cursor);
        }
        rows.checkWholeTurns();
        checkDoctor(copy);
    }

    private static Turnbuckle node(Database database, Till till, String name) {
        return database.runtime().agent(till.agent()).name(name).leaseTtl(LEASE).build();
    }

    /** @return of an observer that has seen more than the backup holds */
    private Cursor use(Turnbuckle node, Backup backup) throws Exception {
        var rows = new Rows(original);
        node.session("looking").send(Till.order(Till.HELD_LOOK));
        node.session("charging").send(Till.order(Till.HELD_CHARGE));
        before.awaitHeld();
        node.session("charging").send(Till.order("charging/2"));
        await(
                "the other call of each has its outcome",
                () -> rows.number("SELECT COUNT(*) FROM journal WHERE session IN ('looking', 'charging') "
                                + "AND effect LIKE '%/tool/_' AND outcome IS NOT NULL")
                        == 2);
        List<Thread> senders = senders(node);
        await("turns are under way", () -> answered.stream().allMatch(a -> a.get() >= WARM));
        known = answered.stream().map(AtomicInteger::get).toList();
        backup.take();
        stopped = true;
        for (Thread sender : senders) {
            sender.join();
        }
        node.session(STEADY.getFirst()).send(Till.order("late")).await();
        before.release();
        node.session("charging").send(Till.order("charging/3")).await();
        assertThat(before.starts()).contains("charge charging/2", "charge charging/3");
        return node.session(STEADY.getFirst()).observe().cursor();
    }

    private List<Thread> senders(Turnbuckle node) {
        var senders = new ArrayList<Thread>();
        for (int i = 0; i < STEADY.size(); i++) {
            String session = STEADY.get(i);
            AtomicInteger count = answered.get(i);
            senders.add(Thread.ofVirtual().start(() -> {
                while (!stopped) {
                    node.session(session)
                            .send(Till.order(session + "/" + (count.get() + 1)))
                            .await();
                    count.incrementAndGet();
                }
            }));
        }
        return senders;
    }

    /** Before anything of the library has touched it. @return how many inputs of each steady session it holds */
    private List<Long> checkCopy(Rows rows) throws Exception {
        rows.checkWholeTurns();
        var counts = new ArrayList<Long>();
        for (int i = 0; i < STEADY.size(); i++) {
            String session = STEADY.get(i);
            List<String> keys = rows.column("SELECT idem_key FROM inbox WHERE session = '" + session
                    + "' AND idem_key <> 'late' ORDER BY sequence");
            assertThat(keys).isEqualTo(orders(session, keys.size()));
            long whole = rows.number("SELECT revision FROM session WHERE id = '" + session + "'");
            assertThat(whole)
                    .as("turns of %s that were answered before the backup began, and no more than there were", session)
                    .isBetween((long) known.get(i), (long) answered.get(i).get());
            assertThat(rows.transcript(session)).isEqualTo(transcript(orders(session, (int) whole)));
            counts.add((long) keys.size());
        }
        assertThat(rows.column("SELECT state FROM turn WHERE session IN ('looking', 'charging')"))
                .containsExactly("RUNNING", "RUNNING");
        assertThat(rows.column("SELECT idem_key FROM inbox WHERE session = 'charging' ORDER BY sequence"))
                .containsExactly("charging/1", "charging/2");
        return counts;
    }

    private static List<String> orders(String session, int count) {
        var orders = new ArrayList<String>();
        for (int i = 1; i <= count; i++) {
            orders.add(session + "/" + i);
        }
        return orders;
    }

    private static List<String> transcript(List<String> orders) {
        var entries = new ArrayList<String>();
        orders.forEach(order -> entries.addAll(List.of(
                "USER order " + order,
                "ASSISTANT calls",
                "TOOL look of " + order + ", charge of " + order,
                "ASSISTANT Order " + order + " is done.")));
        return entries;
    }

    /** What the copy holds goes on: each input once, recorded calls are recalled, a ONCE call that had begun stays unknown. */
    private void checkWhatWentOn(Rows rows, List<Long> steady) throws Exception {
        assertThat(rows.column("SELECT DISTINCT state FROM inbox")).containsExactly("APPLIED");
        for (int i = 0; i < STEADY.size(); i++) {
            List<String> orders = orders(STEADY.get(i), Math.toIntExact(steady.get(i)));
            assertThat(rows.transcript(STEADY.get(i)).stream()
                            .map(entry -> whateverBecameOf(orders.getLast(), entry))
                            .toList())
                    .isEqualTo(transcript(orders));
        }
        assertThat(rows.transcript("looking")).isEqualTo(transcript(List.of("looking/1")));
        assertThat(rows.transcript("charging").get(2)).startsWith("TOOL look of charging/1, The outcome is unknown");
        assertThat(rows.transcript("charging").subList(4, 8)).isEqualTo(transcript(List.of("charging/2")));
        assertThat(after.starts())
                .contains("look looking/1")
                .doesNotContain("charge looking/1", "look charging/1", "charge charging/1")
                .doesNotHaveDuplicates();
    }

    /** The backup may have found its call under way. */
    private static String whateverBecameOf(String last, String entry) {
        return entry.replaceFirst(
                "(?s)^TOOL look of " + last + ", The outcome is unknown.*",
                "TOOL look of " + last + ", charge of " + last);
    }

    /** What happened after the backup did not happen for the copy, though the world has seen it. */
    private void checkWhatIsUnknown(Turnbuckle node, Rows rows, List<Long> steady, Cursor cursor) throws Exception {
        assertThat(after.starts())
                .as("a ONCE call of an accepted input runs again, because the copy knows nothing of the first time")
                .contains("charge charging/2");
        var session = node.session(STEADY.getFirst());
        assertThat(cursor.revision()).isGreaterThan(steady.getFirst());
        try (var events = session.events(cursor)) {
            var first = events.next(PATIENCE).orElseThrow().activity();
            assertThat(first).isInstanceOfSatisfying(Activity.Gap.class, gap -> {
                assertThat(gap.reason()).isEqualTo(CatchUp.Reason.UNAVAILABLE);
                assertThat(gap.observation().view().revision()).isEqualTo(steady.getFirst());
            });
        }
        assertThat(session.send(Till.order(STEADY.getFirst() + "/1")).alreadyAccepted())
                .as("a key that the copy holds")
                .isTrue();
        var late = session.send(Till.order("late"));
        assertThat(late.alreadyAccepted()).as("a key from after the backup").isFalse();
        assertThat(late.await().text()).isEqualTo(Till.done("late"));
        assertThat(rows.number("SELECT COUNT(*) FROM inbox WHERE session = '" + STEADY.getFirst() + "'"))
                .isEqualTo(steady.getFirst() + 1);
    }

    private static void awaitRest(Rows rows) throws Exception {
        await(
                "all that was accepted is done",
                () -> rows.number("SELECT (SELECT COUNT(*) FROM inbox WHERE finished = 0) + "
                                + "(SELECT COUNT(*) FROM lease WHERE expires > 0)")
                        == 0);
    }

    private interface Condition {
        boolean holds() throws SQLException;
    }

    private static void await(String what, Condition condition) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.sleep(20);
        }
    }

    /** How long the disk takes says nothing about the copy. */
    private static void checkDoctor(Database copy) {
        try (Storage storage = copy.existing()) {
            storage.open(Environment.system());
            assertThat(storage.maintenance().examine())
                    .filteredOn(f -> !f.subject().equals("sync to disk"))
                    .isNotEmpty()
                    .allMatch(Finding::ok);
        }
    }
}
