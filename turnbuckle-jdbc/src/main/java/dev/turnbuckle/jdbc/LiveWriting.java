package dev.turnbuckle.jdbc;

import dev.turnbuckle.live.LiveReplay.Bounds;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What changes the tables of a live replay: storing entries, dropping what is too old. Three round trips each, at most. */
final class LiveWriting {
    /** Shared by who makes headers, alone for who removes them: so a header never begins below a removed one's tail. */
    static final long HEADERS = 0x7475726e62636b6cL;

    static final String SHARED = "SELECT pg_advisory_xact_lock_shared(?)::text";
    static final String ALONE = "SELECT pg_advisory_xact_lock(?)::text";
    static final String BEGIN_LIFE = """
            INSERT INTO live_life (one, id, high) VALUES (1, ?, 0) ON CONFLICT (one) DO NOTHING
            """;
    static final String MAKE = """
            INSERT INTO live_header
                (session, first, tail, lost, size, revision, generation, open_at, open, maimed, ended, used)
            SELECT s.id, l.high, l.high, l.high, 0, -1, -1, 0, NULL, 0, 0, 0
            FROM unnest(?::text[]) AS s(id) CROSS JOIN (SELECT high FROM live_life) AS l
            ON CONFLICT (session) DO NOTHING
            """;
    static final String LOCK = """
            SELECT session, first, tail, lost, size, revision, generation, open_at, open, maimed, ended, used
            FROM live_header WHERE session = ANY(?) ORDER BY session FOR UPDATE SKIP LOCKED
            """;
    static final String PUT = """
            INSERT INTO live_event (session, place, revision, shown, before, activity)
            SELECT * FROM unnest(?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[])
            """;
    static final String KEEP = """
            UPDATE live_header AS h SET tail = n.tail, lost = n.lost, size = n.size, revision = n.revision,
                generation = n.generation, open_at = n.open_at, open = n.open, maimed = n.maimed, ended = n.ended,
                used = n.used
            FROM unnest(?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
                ?::text[], ?::bigint[], ?::bigint[], ?::bigint[])
                AS n(session, tail, lost, size, revision, generation, open_at, open, maimed, ended, used)
            WHERE h.session = n.session
            """;
    static final String CUT = """
            DELETE FROM live_event AS e USING unnest(?::text[], ?::bigint[], ?::bigint[]) AS t(session, place, before)
            WHERE e.session = t.session AND (e.place <= t.place OR e.before < t.before)
            """;
    static final String NOTIFY = "SELECT pg_notify(?, ?)::text";
    static final String AGE = """
            DELETE FROM live_event WHERE ctid = ANY(ARRAY(
                SELECT e.ctid FROM live_event AS e WHERE e.shown < (SELECT {clock}) - ? ORDER BY e.shown LIMIT ? FOR UPDATE SKIP LOCKED))
            """;
    static final String EVICT = """
            WITH idle AS (
                SELECT session FROM live_header
                WHERE used < (SELECT {clock}) - ? AND (open IS NULL OR used < (SELECT {clock}) - ?) AND session <> ALL(?) LIMIT ? FOR UPDATE SKIP LOCKED),
            gone AS (
                DELETE FROM live_header AS h USING idle WHERE h.session = idle.session RETURNING h.tail),
            high AS (
                UPDATE live_life SET high = GREATEST(high, (SELECT COALESCE(MAX(tail), 0) FROM gone)))
            SELECT COUNT(*) FROM gone
            """;

    private static final int SLICES = 8;

    private final Statements sql;
    private final Bounds bounds;

    LiveWriting(Statements sql, Bounds bounds) {
        this.sql = sql;
        this.bounds = bounds;
    }

    /** @param headers those that are there and that nobody else holds now */
    record Locked(LiveReading.Life life, Map<String, LiveHeader> headers) {}

    /** Makes what is missing. */
    Locked lock(Collection<String> sessions, String newLife) {
        var headers = new HashMap<String, LiveHeader>();
        var lives = new ArrayList<LiveReading.Life>();
        var batch = new Batch();
        batch.read(SHARED, c -> c.number(HEADERS), Line::text, none -> {})
                .write(BEGIN_LIFE, c -> c.text(newLife), n -> {})
                .write(MAKE, c -> c.texts(sessions), n -> {})
                .read(LiveReading.LIFE, c -> {}, LiveReading.Life::of, lives::add)
                .read(LOCK, c -> c.texts(sessions), LiveReading::header, h -> headers.put(h.session(), h))
                .run(sql);
        return new Locked(lives.getFirst(), headers);
    }

    /** @param told whom it concerns; {@code null} for nobody */
    void keep(
            Collection<LivePlan.Result> results,
            Map<String, LiveHeader> before,
            String channel,
            @Nullable String told) {
        List<LiveRow> rows = results.stream().flatMap(r -> r.rows().stream()).toList();
        List<LiveHeader> headers = results.stream().map(LivePlan.Result::after).toList();
        var batch = new Batch();
        if (!rows.isEmpty()) {
            batch.write(PUT, c -> put(c, rows), n -> {});
        }
        batch.write(KEEP, c -> header(c, headers), n -> {});
        List<LiveHeader> grown = headers.stream()
                .filter(h -> overflows(before.get(h.session()), h))
                .toList();
        if (!grown.isEmpty()) {
            batch.write(CUT, c -> cut(c, grown), n -> {});
        }
        if (told != null) {
            batch.read(NOTIFY, c -> c.text(channel).text(told), Line::text, none -> {});
        }
        batch.run(sql);
    }

    private static void put(Call call, List<LiveRow> rows) {
        call.texts(rows, LiveRow::session)
                .numbers(rows, LiveRow::position)
                .numbers(rows, LiveRow::revision)
                .numbers(rows, LiveRow::shown)
                .numbers(rows, LiveRow::before)
                .texts(rows, LiveRow::json);
    }

    private static void header(Call call, List<LiveHeader> headers) {
        call.texts(headers, LiveHeader::session)
                .numbers(headers, h -> h.places().tail())
                .numbers(headers, h -> h.places().lost())
                .numbers(headers, h -> h.places().size())
                .numbers(headers, LiveHeader::revision)
                .numbers(headers, LiveHeader::generation)
                .numbers(headers, h -> h.open().at())
                .texts(headers, h -> h.open().items())
                .numbers(headers, h -> h.open().maimed() ? 1L : 0L)
                .numbers(headers, h -> h.ended() ? 1L : 0L)
                .numbers(headers, LiveHeader::used);
    }

    /** Looked at now and then only: readers judge by the same bounds, so what is still there hurts nobody. */
    private boolean overflows(@Nullable LiveHeader before, LiveHeader after) {
        if (before == null) {
            return false;
        }
        long places = Math.max(1, bounds.events() / SLICES);
        long sizes = Math.max(1, bounds.bytes() / SLICES);
        return before.places().tail() / places != after.places().tail() / places
                || before.places().size() / sizes != after.places().size() / sizes;
    }

    private void cut(Call call, List<LiveHeader> headers) {
        call.texts(headers, LiveHeader::session)
                .numbers(headers, h -> h.places().tail() - bounds.events())
                .numbers(headers, h -> h.places().size() - bounds.bytes());
    }

    /**
     * @param age in microseconds: what was shown longer ago goes
     * @return how many are gone
     */
    int age(long age, int most) {
        var gone = new ArrayList<Integer>();
        new Batch().write(AGE, c -> c.number(age).number(most), gone::add).run(sql);
        return gone.getFirst();
    }

    /**
     * @param idle headers not used for so many microseconds go when no turn is open
     * @param abandoned and those not used for so many, whatever is open
     * @return how many are gone
     */
    int evict(long idle, long abandoned, Set<String> except, int most) {
        var gone = new ArrayList<Long>();
        new Batch()
                .read(ALONE, c -> c.number(HEADERS), Line::text, none -> {})
                .read(EVICT, c -> c.number(idle).number(abandoned).texts(except).number(most), Line::number, gone::add)
                .run(sql);
        return Math.toIntExact(gone.getFirst());
    }
}
