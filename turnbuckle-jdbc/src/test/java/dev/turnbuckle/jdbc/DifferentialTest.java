package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.error.TurnbuckleException;
import dev.turnbuckle.memory.MemoryStorage;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.store.plan.RowStorage.Limits;
import dev.turnbuckle.testkit.tck.ManualClock;
import dev.turnbuckle.testkit.tck.StorageFixture;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same calls on memory, SQLite and PostgreSQL: the same answers, and on the two databases the same rows, as a reader
 * sees them that shares nothing with the storage. A failing seed stands in the test's name.
 */
class DifferentialTest {
    private static final int CALLS = 120;
    private static final int READ_EVERY = 12;

    private static final Pattern GIVEN_OUT =
            Pattern.compile("\\b(sequence|branch|value)=(\\d+)|\\binput (\\d+)|\\bentry \\((\\d+)");

    private static final Pattern INTENT = Pattern.compile("intent=[0-9a-f]{64}");

    /** One storage on a clock of its own that shows what the others' show. */
    private static final class World implements Sequence.World, AutoCloseable {
        final StorageFixture fixture;
        final ManualClock clock = new ManualClock();
        final Storage storage;
        final Map<String, Turns.Started> started = new HashMap<>();
        final List<Commit> sent = new ArrayList<>();
        private final Map<String, Map<String, String>> ranks = new HashMap<>();

        World(StorageFixture fixture) {
            this.fixture = fixture;
            this.storage = fixture.storage(Limits.DEFAULT);
            storage.open(clock);
        }

        @Override
        public Storage storage() {
            return storage;
        }

        @Override
        public void tick(Duration duration) {
            fixture.tick(clock, duration);
        }

        @Override
        public Map<String, Turns.Started> started() {
            return started;
        }

        @Override
        public List<Commit> sent() {
            return sent;
        }

        String answer(Sequence.Call call) {
            try {
                return plain(String.valueOf(call.on().apply(this)));
            } catch (TurnbuckleException | IllegalStateException e) {
                return plain(e.toString());
            }
        }

        List<String> readings() {
            return Sequence.readings(this).stream()
                    .map(r -> plain(r.toString()))
                    .toList();
        }

        /** Numbers that the store gave out, by the order in which they were seen; and nothing of the hash over them. */
        private String plain(String text) {
            String unhashed = INTENT.matcher(text).replaceAll("intent=…");
            return GIVEN_OUT.matcher(unhashed).replaceAll(m -> {
                String kind =
                        m.group(1) != null && m.group(1).equals("branch") || m.group(4) != null ? "branch" : "row";
                String number = m.group(2) != null ? m.group(2) : m.group(3) != null ? m.group(3) : m.group(4);
                if (number.equals("0")) {
                    return Matcher.quoteReplacement(m.group());
                }
                var known = ranks.computeIfAbsent(kind, k -> new TreeMap<>());
                String rank = known.computeIfAbsent(number, n -> "#" + (known.size() + 1));
                return Matcher.quoteReplacement(m.group().replace(number, rank));
            });
        }

        @Override
        public void close() {
            storage.close();
            fixture.close();
        }
    }

    /** Memory under the suites' fixture interface. */
    private record Memory(MemoryStorage storage) implements StorageFixture {
        @Override
        public Storage storage(Limits limits) {
            return storage;
        }

        @Override
        public Map<String, String> dump() {
            return storage.dump();
        }

        @Override
        public void close() {}
    }

    private static List<String> rows(SqliteFixture fixture) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + fixture.file())) {
            return new RawReader(connection, "").rows();
        }
    }

    private static List<String> rows(PostgresFixture fixture) throws SQLException {
        try (var connection = PostgresServer.connect()) {
            return new RawReader(connection, fixture.schema() + ".").rows();
        }
    }

    private static void run(long seed) throws SQLException {
        var sqliteData = new SqliteFixture();
        var postgresData = new PostgresFixture();
        try (var memory = new World(new Memory(new MemoryStorage()));
                var sqlite = new World(sqliteData);
                var postgres = new World(postgresData)) {
            var sequence = new Sequence(seed);
            for (int n = 1; n <= CALLS; n++) {
                var call = sequence.next();
                String at = "seed " + seed + ", call " + n + ": " + call.name();
                String expected = memory.answer(call);
                assertThat(sqlite.answer(call)).as(at + " on SQLite").isEqualTo(expected);
                assertThat(postgres.answer(call)).as(at + " on PostgreSQL").isEqualTo(expected);
                if (n % READ_EVERY == 0) {
                    List<String> readings = memory.readings();
                    same(at + ", read on SQLite", sqlite.readings(), readings);
                    same(at + ", read on PostgreSQL", postgres.readings(), readings);
                    same(at + ", rows on PostgreSQL", rows(postgresData), rows(sqliteData));
                }
            }
        }
    }

    /** Says the first difference, not everything. */
    private static void same(String at, List<String> actual, List<String> expected) {
        for (int i = 0; i < Math.min(actual.size(), expected.size()); i++) {
            assertThat(actual.get(i)).as(at + ", item " + i).isEqualTo(expected.get(i));
        }
        assertThat(actual).as(at).hasSameSizeAs(expected);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1066})
    void the_same_calls_have_the_same_answers_and_leave_the_same_rows(long seed) throws SQLException {
        run(seed);
    }

    @Test
    @Tag("full")
    void the_same_calls_have_the_same_answers_and_leave_the_same_rows_for_many_seeds() throws SQLException {
        for (long seed = 1_000; seed < 1_300; seed++) {
            run(seed);
        }
    }

    /** Otherwise the seeds above would prove little. */
    @Test
    void the_calls_reach_what_is_interesting() {
        var seen = new TreeMap<String, Integer>();
        for (long seed = 1; seed <= 10; seed++) {
            try (var memory = new World(new Memory(new MemoryStorage()))) {
                var sequence = new Sequence(seed);
                for (int n = 0; n < CALLS; n++) {
                    String answer = memory.answer(sequence.next());
                    seen.merge(answer.split("[\\[{.]", 2)[0], 1, Integer::sum);
                }
            }
        }
        assertThat(seen)
                .containsKeys(
                        "Go",
                        "Busy",
                        "Empty",
                        "Row",
                        "KeyConflict",
                        "Committed",
                        "LeaseLost",
                        "Suspended",
                        "Recorded",
                        "Steered",
                        "CancelledBefore",
                        "Conflict",
                        "REQUESTED",
                        "COMPLETION_WON");
    }
}
