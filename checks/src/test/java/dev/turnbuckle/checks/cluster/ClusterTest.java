package dev.turnbuckle.checks.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.jdbc.PostgresLiveReplay;
import dev.turnbuckle.jdbc.PostgresStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three worker processes on one PostgreSQL, 200 sessions with steady input and tools of every class, while workers are
 * killed and stopped, connections are terminated and the server is restarted and crashes. What is there at the end is
 * read with plain SQL and from a plain file, by code that knows nothing of the library's storage.
 *
 * <p>{@code -Dcluster.minutes=10} lets it last longer, {@code -Dcluster.seed} repeats the order of what happens.
 */
@Tag("full")
class ClusterTest {
    private static final int SESSIONS = Integer.getInteger("cluster.sessions", 200);
    private static final int WATCHED = 24;
    private static final long SEED = Long.getLong("cluster.seed", System.nanoTime() % 1_000_000);
    private static final Duration TIME =
            Duration.ofSeconds(Long.getLong("cluster.seconds", 60L * Long.getLong("cluster.minutes", 2L)));
    private static final Duration HEALING = Duration.ofMinutes(5);

    @TempDir
    Path folder;

    private final Report report = new Report();
    private Server server;

    @BeforeEach
    void startServer() throws IOException {
        server = Server.start(folder);
    }

    @AfterEach
    void stopServer() throws IOException {
        server.close();
    }

    @Test
    void q02_j08_o17_whateverHappensToNodesAndServerEveryInputIsAppliedOnceAndSeen() throws Exception {
        report.put("seed", SEED);
        try (Turnbuckle one = node("one");
                Turnbuckle two = node("two");
                var workers = new Workers(folder, server.url())) {
            for (int i = 0; i < Workers.COUNT; i++) {
                workers.start(i);
            }
            var senders = new Senders(one, server, SESSIONS);
            List<Watcher> watchers = IntStream.range(0, WATCHED)
                    .mapToObj(i -> new Watcher(List.of(one, two), Senders.session(i * SESSIONS / WATCHED), SEED + i))
                    .toList();
            var watching =
                    watchers.stream().map(w -> Thread.ofVirtual().start(w)).toList();
            var chaos = new Chaos(server, workers, SEED);
            try (senders) {
                senders.start();
                chaos.rage(TIME);
            }
            assertThat(senders.failure()).isNull();
            awaitRest();
            awaitWatchers(watchers);
            watchers.forEach(Watcher::stop);
            for (Thread thread : watching) {
                thread.join();
            }
            tell(chaos, senders, workers, watchers);
            checkRows(senders.accepted());
            checkTools(workers.ledger());
            assertThat(watchers).flatExtracting(w -> w.complaints).isEmpty();
            checkThatItHappened(chaos, watchers, workers);
        } finally {
            report.print();
        }
    }

    private Turnbuckle node(String name) {
        PostgresStorage storage =
                PostgresStorage.builder(server.url()).connections(6).build();
        return Turnbuckle.builder()
                .storage(storage)
                .liveReplay(PostgresLiveReplay.beside(storage))
                .remoteAgent(Orders.AGENT)
                .name(name)
                .build();
    }

    /** Nothing is broken any more: all work completes. */
    private void awaitRest() throws Exception {
        long end = System.nanoTime() + HEALING.toNanos();
        long began = System.nanoTime();
        while (server.number(
                        "SELECT (SELECT COUNT(*) FROM inbox WHERE finished = 0) + (SELECT COUNT(*) FROM lease WHERE "
                                + "expires > 0)")
                > 0) {
            assertThat(System.nanoTime())
                    .as(
                            "still open: %s",
                            server.rows("SELECT session, state, COUNT(*) FROM inbox WHERE finished = 0 "
                                    + "GROUP BY 1, 2 LIMIT 10"))
                    .isLessThan(end);
            Thread.sleep(200);
        }
        report.put(
                "seconds until all was done",
                Duration.ofNanos(System.nanoTime() - began).toSeconds());
    }

    private void awaitWatchers(List<Watcher> watchers) throws Exception {
        Map<String, Long> heads = new HashMap<>();
        server.rows("SELECT id, revision FROM session").forEach(r -> heads.put(r.getFirst(), Long.valueOf(r.get(1))));
        long end = System.nanoTime() + HEALING.toNanos();
        for (Watcher watcher : watchers) {
            while (watcher.reached() < heads.get(watcher.session())) {
                assertThat(System.nanoTime())
                        .as(
                                "%s was shown revision %d of %d",
                                watcher.session(), watcher.reached(), heads.get(watcher.session()))
                        .isLessThan(end);
                Thread.sleep(100);
            }
        }
    }

    private void checkRows(Map<String, Integer> accepted) throws SQLException {
        assertThat(server.rows("SELECT DISTINCT state FROM inbox")).containsExactly(List.of("APPLIED"));
        Map<String, List<String>> applied =
                server.rows("SELECT session, idem_key FROM inbox ORDER BY sequence").stream()
                        .collect(Collectors.groupingBy(
                                List::getFirst, Collectors.mapping(r -> r.get(1), Collectors.toList())));
        assertThat(applied).hasSize(accepted.size());
        accepted.forEach((session, count) -> assertThat(applied.get(session))
                .as("accepted in %s, in order, once", session)
                .isEqualTo(IntStream.rangeClosed(1, count)
                        .mapToObj(i -> session + "/" + i)
                        .toList()));
        assertThat(server.number("SELECT COUNT(*) FROM turn WHERE state <> 'ENDED'"))
                .as("open turns")
                .isZero();
        assertThat(server.number("SELECT COUNT(*) FROM journal"))
                .as("journal rows")
                .isZero();
        assertThat(server.number("SELECT COUNT(*) FROM wait WHERE decision IS NULL"))
                .as("open waits")
                .isZero();
        assertThat(server.number("SELECT COUNT(*) FROM lease WHERE expires > 0"))
                .as("leases")
                .isZero();
        assertThat(server.column("SELECT id FROM session WHERE open_turn IS NOT NULL OR due IS NOT NULL"))
                .isEmpty();
        assertThat(server.rows("""
                SELECT s.id, s.revision, t.commits, t.least, t.most FROM session s JOIN (
                    SELECT session, COUNT(*) AS commits, MIN(revision) AS least, MAX(revision) AS most,
                        COUNT(DISTINCT revision) AS revisions FROM turn GROUP BY session) t ON t.session = s.id
                WHERE s.revision <> t.commits OR t.least <> 1 OR t.most <> t.commits OR t.revisions <> t.commits
                """))
                .as("sessions whose revisions are not one commit each")
                .isEmpty();
        accepted.forEach(this::checkTranscript);
    }

    /** The script's, entry by entry. */
    private void checkTranscript(String session, int orders) {
        var expected = new ArrayList<String>();
        for (int i = 1; i <= orders; i++) {
            String order = session + "/" + i;
            expected.add("USER order " + order);
            expected.add("ASSISTANT calls look mark charge");
            expected.add("TOOL look of " + order + ", mark of " + order + ", charge of " + order);
            expected.add("ASSISTANT Order " + order + " is looked up, marked, charged and so it is done.");
        }
        try {
            List<String> found = server.column("""
                    SELECT (m->>'role') || ' ' || CASE m->>'role'
                        WHEN 'TOOL' THEN (SELECT string_agg(CASE WHEN p->>'content' LIKE 'The outcome is unknown%%'
                            THEN 'charge of ' || split_part(m->'parts'->0->>'content', ' ', 3) ELSE p->>'content' END, ', ')
                            FROM json_array_elements(m->'parts') p)
                        WHEN 'ASSISTANT' THEN COALESCE(m->'parts'->0->>'text', 'calls ' || (SELECT string_agg(p->>'name', ' ')
                            FROM json_array_elements(m->'parts') p))
                        ELSE m->'parts'->0->>'text' END
                    FROM (SELECT e.id, e.message::json AS m FROM entry e JOIN branch b ON b.id = e.id >> 32
                        WHERE b.session = '%s') AS path ORDER BY id
                    """.formatted(session));
            assertThat(found).as("transcript of %s", session).isEqualTo(expected);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void checkTools(Path ledger) throws Exception {
        Map<String, List<String>> starts =
                Files.readAllLines(ledger).stream().collect(Collectors.groupingBy(l -> l.substring(0, l.indexOf(' '))));
        List<String> charges = starts.get("charge");
        assertThat(charges).as("starts of the ONCE tool").doesNotHaveDuplicates();
        Set<String> marks = Set.copyOf(starts.get("mark"));
        long marked = server.number("SELECT COUNT(*) FROM turn");
        assertThat(marks)
                .as("orders and keys that the IDEMPOTENT tool was called with")
                .hasSize((int) marked);
        List<String> unknown = server.column("""
                SELECT split_part(m->'parts'->0->>'content', ' ', 3) FROM (SELECT message::json AS m FROM entry) AS e
                WHERE m->>'role' = 'TOOL' AND m->'parts'->2->>'content' LIKE 'The outcome is unknown%'
                """);
        Set<String> charged = charges.stream().map(l -> l.split(" ")[1]).collect(Collectors.toSet());
        long known = marked - unknown.size();
        assertThat(charged.size()).as("charged, the unknown ones perhaps").isBetween((int) known, (int) marked);
        assertThat(server.number("""
                SELECT COUNT(*) FROM (SELECT message::json AS m FROM entry) AS e WHERE m->>'role' = 'TOOL'
                    AND m->'parts'->2->>'content' = 'charge of ' || split_part(m->'parts'->0->>'content', ' ', 3)
                """)).isEqualTo(known);
        report.put("starts of the ONCE tool", charges.size());
        report.put("of these with an outcome that nobody knows", unknown.size());
        report.put("starts of the IDEMPOTENT tool", starts.get("mark").size());
        report.put("starts of the READ tool", starts.get("look").size());
    }

    private void tell(Chaos chaos, Senders senders, Workers workers, List<Watcher> watchers) throws Exception {
        for (Chaos.Kind kind : Chaos.Kind.values()) {
            report.put(kind.name(), chaos.count(kind));
        }
        report.put("connections terminated", chaos.terminated());
        report.put("worker processes started", workers.started());
        report.put("sessions held by workers when they were stopped", chaos.heldWhenStopped());
        List<String> logs = workers.logs();
        report.put(
                "drives that found their lease gone",
                logs.stream()
                        .filter(l -> l.contains("lease lost") || l.contains(" lost ("))
                        .count());
        report.put("sessions", SESSIONS);
        report.put(
                "inputs accepted",
                senders.accepted().values().stream().mapToInt(i -> i).sum());
        report.put("sends repeated", senders.sentAgain());
        report.put("turns committed", server.number("SELECT COUNT(*) FROM turn"));
        report.put("turns driven more than once", server.number("SELECT COUNT(*) FROM turn WHERE attempts > 1"));
        report.put("watchers", watchers.size());
        report.put(
                "commits that they were told of",
                watchers.stream().mapToInt(w -> w.commits).sum());
        report.put(
                "of these for several at once",
                watchers.stream().mapToInt(w -> w.jumps).sum());
        report.put(
                "turns that they saw whole",
                watchers.stream().mapToInt(w -> w.wholeTurns).sum());
        report.put("retractions", watchers.stream().mapToInt(w -> w.retractions).sum());
        report.put("gaps", watchers.stream().mapToInt(w -> w.gaps).sum());
        report.put(
                "moves to another node",
                watchers.stream().mapToInt(w -> w.moves).sum());
        report.put(
                "observations that failed and were repeated",
                watchers.stream().mapToInt(w -> w.troubles).sum());
    }

    private static void checkThatItHappened(Chaos chaos, List<Watcher> watchers, Workers workers) {
        for (Chaos.Kind kind : Chaos.Kind.values()) {
            assertThat(chaos.count(kind)).as(kind.name()).isPositive();
        }
        assertThat(workers.started()).isGreaterThan(Workers.COUNT);
        assertThat(chaos.terminated()).isPositive();
        assertThat(watchers.stream().mapToInt(w -> w.wholeTurns).sum()).isPositive();
        assertThat(watchers.stream().mapToInt(w -> w.gaps).sum())
                .as("a crash of the server is a gap")
                .isPositive();
    }
}
