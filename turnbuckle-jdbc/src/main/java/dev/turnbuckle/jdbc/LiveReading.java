package dev.turnbuckle.jdbc;

import dev.turnbuckle.live.CatchUp;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.live.LiveReplay.Bounds;
import dev.turnbuckle.live.Observation.OpenItem;
import dev.turnbuckle.live.OpenFold;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One snapshot of a live replay's tables; what was read of it once is not read again. */
final class LiveReading {
    /**
     * A restored or copied buffer is another one: its cursors must not be taken for those of the first. Oids tell tables
     * of one server apart; two servers can have the same ones, and a copy of a server that was stopped has them all, so
     * each start of a server begins another life too.
     */
    static final String LIFE = """
            SELECT l.id || to_hex(l.tableoid::bigint) || to_hex(d.oid::bigint)
                    || to_hex((extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint), l.high, {clock}
            FROM live_life AS l CROSS JOIN (SELECT oid FROM pg_database WHERE datname = current_database()) AS d
            """;

    static final String HEADERS = """
            SELECT session, first, tail, lost, size, revision, generation, open_at, open, maimed, ended, used
            FROM live_header WHERE session = ANY(?)
            """;
    static final String EVENTS = """
            SELECT session, place, revision, shown, before, activity FROM live_event
            WHERE session = ? AND place > ? ORDER BY place LIMIT ?
            """;
    static final String FIRST_KEPT = """
            SELECT COALESCE(MIN(place), ? + 1) FROM live_event
            WHERE session = ? AND place > ? AND shown >= ? AND (before >= ? OR place = ?)
            """;
    static final String NEWS = """
            SELECT e.session, e.place, e.revision, e.shown, e.before, e.activity
            FROM unnest(?::text[], ?::bigint[]) AS known(session, tail)
            JOIN live_event AS e ON e.session = known.session AND e.place > known.tail
            ORDER BY e.session, e.place LIMIT ?
            """;

    private final Statements sql;
    private final Bounds bounds;
    private final Map<String, LiveHeader> headers = new HashMap<>();
    private final Set<String> asked = new HashSet<>();
    private @Nullable Life life;
    private boolean begun;

    LiveReading(Statements sql, Bounds bounds) {
        this.sql = sql;
        this.bounds = bounds;
    }

    /**
     * @param high above every position that a header which is gone ever gave
     * @param now by the server's clock, in microseconds
     */
    record Life(String incarnation, long high, long now) {
        static Life of(Line line) {
            return new Life(line.text(), line.number(), line.number());
        }
    }

    /** @param life {@code null} when the buffer has none: nothing was stored since the server crashed */
    record Seen(@Nullable Life life, @Nullable LiveHeader header) {
        long revision() {
            return header == null ? -1 : header.revision();
        }
    }

    /** Reads all that will be asked for, at once. */
    void fetch(Collection<String> sessions) {
        List<String> missing = sessions.stream().filter(asked::add).toList();
        if (begun && missing.isEmpty()) {
            return;
        }
        begun = true;
        new Batch()
                .read(LIFE, c -> {}, Life::of, l -> life = l)
                .read(HEADERS, c -> c.texts(missing), LiveReading::header, h -> headers.put(h.session(), h))
                .run(sql);
    }

    @Nullable Life life() {
        fetch(List.of());
        return life;
    }

    Seen seen(String session) {
        fetch(List.of(session));
        return new Seen(life, headers.get(session));
    }

    static LiveHeader header(Line line) {
        String session = line.text();
        var places = new LiveHeader.Places(line.number(), line.number(), line.number(), line.number());
        long revision = line.number();
        long generation = line.number();
        var open = new LiveHeader.OpenTurn(line.number(), line.textOrNull(), line.number() == 1);
        return new LiveHeader(session, places, revision, generation, open, line.number() == 1, line.number());
    }

    private static LiveRow row(Line line) {
        String session = line.text();
        long place = line.number();
        long revision = line.number();
        long shown = line.number();
        long before = line.number();
        String json = line.text();
        return new LiveRow(session, place, revision, shown, before, LiveJson.read(json), json);
    }

    List<LiveRow> rows(String session, long after, int most) {
        return sql.call(EVENTS).text(session).number(after).number(most).all(LiveReading::row);
    }

    /** What follows the known tails, oldest first for each session; at most so many. */
    List<LiveRow> news(Map<String, Long> tails, int most) {
        return sql.call(NEWS)
                .texts(tails.keySet())
                .numbers(tails.values())
                .number(most)
                .all(LiveReading::row);
    }

    /** @param rows what it is made of; empty for a gap */
    record Answer(CatchUp catchUp, List<LiveRow> rows) {}

    Answer after(Cursor cursor, int most) {
        Seen seen = seen(cursor.session());
        CatchUp.Gap gap = refusal(cursor, seen);
        LiveHeader header = seen.header();
        if (gap != null
                || header == null
                || cursor.position() == header.places().tail()) {
            return new Answer(gap == null ? new CatchUp.Events(List.of()) : gap, List.of());
        }
        List<LiveRow> rows = rows(cursor.session(), cursor.position(), most);
        boolean whole = !rows.isEmpty() && rows.getFirst().position() == cursor.position() + 1;
        if (whole && isKept(rows.getFirst(), header)) {
            var events = rows.stream().map(r -> r.event(cursor.incarnation())).toList();
            return new Answer(new CatchUp.Events(events), rows);
        }
        long missed = floor(header) - cursor.position();
        return new Answer(new CatchUp.Gap(CatchUp.Reason.TRIMMED, Math.max(0, header.revision()), missed), List.of());
    }

    private static CatchUp.@Nullable Gap refusal(Cursor cursor, Seen seen) {
        Life life = seen.life();
        LiveHeader header = seen.header();
        long revision = Math.max(0, seen.revision());
        var unavailable = new CatchUp.Gap(CatchUp.Reason.UNAVAILABLE, revision);
        var trimmed = new CatchUp.Gap(CatchUp.Reason.TRIMMED, revision);
        if (life == null || !life.incarnation().equals(cursor.incarnation())) {
            return unavailable;
        }
        if (header == null) {
            return cursor.position() == life.high() ? null : cursor.position() < life.high() ? trimmed : unavailable;
        }
        if (cursor.position() < header.places().first()) {
            return trimmed;
        }
        boolean known = cursor.position() <= header.places().tail()
                && cursor.position() >= header.places().lost();
        return known ? null : unavailable;
    }

    private boolean isKept(LiveRow row, LiveHeader header) {
        long tail = header.places().tail();
        return row.position() > tail - bounds.events()
                && row.shown() >= oldest()
                && (row.before() >= header.places().size() - bounds.bytes() || row.position() == tail);
    }

    /** Of the server's time, which whoever asks about events has read with the life that they are of. */
    private long oldest() {
        return Objects.requireNonNull(life).now() - Micros.of(bounds.age());
    }

    private long floor(LiveHeader header) {
        long tail = header.places().tail();
        Long first = sql.call(FIRST_KEPT)
                .number(tail)
                .text(header.session())
                .number(tail - bounds.events())
                .number(oldest())
                .number(header.places().size() - bounds.bytes())
                .number(tail)
                .first(Line::number);
        return first == null ? tail : first - 1;
    }

    /** The open turn's items with what was streamed so far (O13). */
    List<OpenItem> open(LiveHeader header) {
        List<OpenItem> items = header.open().itemsWithoutTexts();
        if (items.stream().noneMatch(LiveHeader.OpenTurn::hasText)) {
            return items;
        }
        long from = Math.max(header.open().at(), header.places().lost() + 1);
        List<LiveRow> rows = rows(header.session(), from - 1, bounds.events());
        boolean whole =
                !rows.isEmpty() && rows.getFirst().position() == header.open().at();
        Instant since = whole || rows.isEmpty()
                ? Instant.MIN
                : Micros.instant(rows.getFirst().shown());
        Map<String, OpenItem> texts = texts(rows, items);
        return items.stream()
                .map(i -> LiveHeader.OpenTurn.hasText(i) ? withText(i, texts.get(i.item()), since) : i)
                .toList();
    }

    private static OpenItem withText(OpenItem item, @Nullable OpenItem text, Instant since) {
        boolean cut = text == null
                || item.truncated()
                || text.truncated()
                || !item.since().isAfter(since);
        return new OpenItem(item.item(), item.kind(), text == null ? "" : text.text(), item.since(), cut);
    }

    /** Which items are open is decided where events are stored; here their deltas are put together. */
    private static Map<String, OpenItem> texts(List<LiveRow> rows, List<OpenItem> open) {
        Map<String, Instant> since = open.stream().collect(Collectors.toMap(OpenItem::item, OpenItem::since));
        var fold = OpenFold.of(List.of());
        for (LiveRow row : rows) {
            Instant begun = since.get(OpenFold.itemOf(row.activity()));
            Instant shown = Micros.instant(row.shown());
            if (begun != null && !shown.isBefore(begun)) { // what is older was taken back under the same name
                OpenFold.apply(fold, row.activity(), () -> shown);
            }
        }
        return fold.items().stream().collect(Collectors.toMap(OpenItem::item, i -> i));
    }
}
