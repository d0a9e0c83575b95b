package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.env.Environment.Signal;
import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.error.TurnbuckleException;
import dev.turnbuckle.error.WiringException;
import dev.turnbuckle.internal.codec.Hash;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.CatchUp;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.live.LiveReplay;
import dev.turnbuckle.live.Observation.OpenItem;
import dev.turnbuckle.live.SessionEvent;
import dev.turnbuckle.session.TurnId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Live replay in unlogged tables beside a {@link PostgresStorage}: an observer on any node sees every session's live
 * stream, and a cursor of one node goes on at any other. Positions are given where events are stored, at most
 * {@link Builder#gather} after they were appended (O12).
 *
 * <p>Appending puts an entry into a queue and returns. One task stores what waits, one reads for all callers and
 * subscribers of this process, one wakes subscribers, and while somebody subscribes one listens to the other nodes. These
 * take at most {@link #CONNECTIONS} connections. When the database is away, {@link #after} answers with a gap and
 * {@link #tail} with a {@link StorageException} that says retry; turns go on.
 *
 * <p>A crash of the server takes the tables' contents, and with them their incarnation: every older cursor is
 * {@code UNAVAILABLE} then. So it is after an orderly restart, and after a backup was restored.
 */
public final class PostgresLiveReplay implements LiveReplay {
    public static final Duration DEFAULT_GATHER = Duration.ofMillis(50);

    /** Storing, reading, listening. */
    public static final int CONNECTIONS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(PostgresLiveReplay.class);

    /** How long an observation waits for the stream to learn of a commit that the store has. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final int TRIMMED_AT_ONCE = 5_000;
    private static final int TRIMS = 20;

    /** Headers are looked through so often within their idle time. */
    private static final int EVICTIONS = 4;

    /** A header whose turn nobody ends goes after so many idle times. */
    private static final int ABANDONED = 100;

    private static final String TABLES = "SELECT 1 WHERE to_regclass(?) IS NOT NULL";

    private final PostgresStorage.Settings settings;
    private final Options options;
    private final PostgresDialect dialect;
    private @Nullable Parts parts;
    private volatile boolean closed;

    /** @param gather how long events wait for others at most */
    private record Options(Bounds bounds, LiveQueue.Bounds queue, Duration gather) {}

    /** What exists between opening and closing. */
    private static final class Parts {
        final Environment environment;
        final LiveLink link;
        final Runnable closing;
        final LiveFeeds feeds;
        final LiveClock clock;
        final LiveFlusher flusher;
        final LiveReader reader;
        final LiveNotices notices;
        final List<Environment.Task> tasks = new ArrayList<>();
        Environment.@Nullable Task listening;
        long evictedAt;

        Parts(Environment environment, LiveLink link, Runnable closing, Options options, String channel) {
            var flushing = new LiveFlusher.Options(channel, environment.id(), options.bounds(), options.gather());
            this.environment = environment;
            this.link = link;
            this.closing = closing;
            this.feeds = new LiveFeeds(environment, options.bounds());
            this.clock = new LiveClock(environment);
            this.flusher = new LiveFlusher(link, new LiveQueue(options.queue()), feeds, clock, flushing);
            this.reader = new LiveReader(link, feeds, clock, options.bounds());
            this.notices = new LiveNotices(link, feeds, reader, environment, flushing);
            this.evictedAt = environment.nanos();
        }
    }

    private PostgresLiveReplay(PostgresStorage.Settings settings, Options options) {
        this.settings = settings;
        this.options = options;
        this.dialect = settings.dialect();
    }

    /** In the schema of this storage, and where it is: on connections of its own, or of the same {@code DataSource}. */
    public static PostgresLiveReplay beside(PostgresStorage storage) {
        return builder(storage).build();
    }

    public static Builder builder(PostgresStorage storage) {
        return new Builder(storage.settings());
    }

    /** Options; the defaults are what production wants. */
    public static final class Builder {
        private final PostgresStorage.Settings settings;
        private Bounds bounds = Bounds.DEFAULT;
        private LiveQueue.Bounds queue = LiveQueue.Bounds.DEFAULT;
        private Duration gather = DEFAULT_GATHER;

        private Builder(PostgresStorage.Settings settings) {
            this.settings = settings;
        }

        /** Of each session's buffer. */
        public Builder bounds(Bounds each) {
            bounds = each;
            return this;
        }

        /**
         * What may wait to be stored; a session for whose event there is no room loses what waits, and its observers see
         * a gap.
         *
         * @param entries of all sessions
         * @param characters in all of them
         */
        public Builder queue(int entries, long characters) {
            queue = new LiveQueue.Bounds(entries, characters);
            return this;
        }

        /** How long events wait for others, so that one transaction stores many. */
        public Builder gather(Duration atMost) {
            gather = atMost;
            return this;
        }

        /** Nothing is opened yet. */
        public PostgresLiveReplay build() {
            if (queue.entries() < 1 || queue.size() < 1 || gather.isNegative()) {
                throw new WiringException(
                        "out of range: " + queue + " (at least 1 each), gather " + gather + " (not negative)");
            }
            return new PostgresLiveReplay(settings.withConnections(CONNECTIONS), new Options(bounds, queue, gather));
        }
    }

    @Override
    public void open(Environment environment) {
        DataSource pool = settings.source();
        Runnable closing = () -> {};
        if (pool == null) {
            DataSource own = PostgresDatabase.ownPool(settings, null);
            closing = () -> PostgresPool.close(own);
            pool = own;
        }
        var link = new LiveLink(settings.around().apply(pool), dialect);
        boolean done = false;
        try {
            requireTables(link);
            begin(link, environment);
            parts = started(new Parts(environment, link, closing, options, channel()));
            done = true;
        } finally {
            if (!done) {
                closing.run();
            }
        }
    }

    private void requireTables(LiveLink link) {
        try {
            Long found = link.read(sql -> {
                Long there = sql.call(TABLES)
                        .text(dialect.quotedSchema() + ".live_event")
                        .first(Line::number);
                return there == null ? 0L : there;
            });
            if (found == 0) {
                throw new WiringException("schema " + settings.schema() + " of " + settings.place()
                        + " has no tables for live events: open the PostgresStorage first, which makes them, or apply "
                        + "the scripts in " + dialect.scripts() + " of turnbuckle-jdbc.jar");
            }
        } catch (SqlFailure e) {
            throw dialect.explain(e.sql());
        }
    }

    /** So that there are cursors before there are events. */
    private void begin(LiveLink link, Environment environment) {
        try {
            link.write(sql -> writing(sql).lock(List.of(), environment.id()));
        } catch (SqlFailure e) {
            throw dialect.explain(e.sql());
        } catch (LiveLink.CommitUnknown e) {
            LOG.debug("the first event makes sure of it", e);
        }
    }

    /** Names are short, schemas may be long. */
    private String channel() {
        return "turnbuckle_" + Hash.of(settings.schema()).substring(0, 32);
    }

    private Parts started(Parts made) {
        made.tasks.add(made.environment.start("turnbuckle-live-flush", made.flusher::run));
        made.tasks.add(made.environment.start("turnbuckle-live-read", made.reader::run));
        made.tasks.add(made.environment.start("turnbuckle-live", made.feeds::dispatch));
        if (settings.wakeups() && !settings.pooler()) {
            made.listening = made.environment.start("turnbuckle-live-notices", made.notices::run);
            made.tasks.add(made.listening);
        }
        return made;
    }

    private Parts parts() {
        Parts open = parts;
        if (open == null) {
            throw new IllegalStateException("the live replay is not open; call open() first");
        }
        return open;
    }

    @Override
    public void append(String session, Origin origin, Activity activity) {
        if (!closed) {
            put(session, new LiveEntry.Show(stamp(origin), activity, LiveJson.write(activity)));
        }
    }

    @Override
    public void retract(String session, Origin origin, TurnId turn) {
        if (!closed) {
            put(session, new LiveEntry.TakeBack(stamp(origin), turn));
        }
    }

    @Override
    public void head(String session, long revision) {
        if (!closed) {
            put(session, new LiveEntry.Head(stamp(Origin.OUTSIDE), revision, true));
        }
    }

    private LiveEntry.Stamp stamp(Origin origin) {
        return new LiveEntry.Stamp(origin, parts().environment.nanos());
    }

    private void put(String session, LiveEntry entry) {
        parts().flusher.put(session, entry);
    }

    /** When the database is away: a cursor that is answered with a gap. */
    @Override
    public Cursor mark(String session) {
        LiveFeed feed = parts().feeds.get(session);
        Cursor known = feed == null ? null : feed.mark(session);
        if (known != null) {
            return known;
        }
        try {
            return cursor(session, seen(session));
        } catch (TurnbuckleException e) { // sending must not fail because watching does
            return new Cursor("unavailable", 0, 0, session);
        }
    }

    private LiveReading.Seen seen(String session) {
        return parts().reader.ask(session, reading -> reading.seen(session));
    }

    private static Cursor cursor(String session, LiveReading.Seen seen) {
        LiveReading.Life life = seen.life();
        LiveHeader header = seen.header();
        if (life == null) {
            return new Cursor("unavailable", 0, 0, session);
        }
        long position = header == null ? life.high() : header.places().tail();
        return new Cursor(life.incarnation(), Math.max(0, seen.revision()), position, session);
    }

    private record Whole(LiveReading.Seen seen, List<OpenItem> open) {}

    @Override
    public Tail tail(String session, long revision) {
        Whole whole = whole(session);
        if (lacks(whole.seen(), revision)) {
            whole = told(session, revision);
        }
        LiveFeed feed = parts().feeds.get(session);
        if (feed != null) {
            feed.published(whole.seen().revision());
        }
        return new Tail(cursor(session, whole.seen()), whole.open());
    }

    private Whole whole(String session) {
        return parts().reader.ask(session, reading -> {
            LiveReading.Seen seen = reading.seen(session);
            return new Whole(seen, seen.header() == null ? List.of() : reading.open(seen.header()));
        });
    }

    private static boolean lacks(LiveReading.Seen seen, long revision) {
        return seen.life() == null || seen.revision() < revision;
    }

    /** Tells the stream what the store has, and waits until it has it too. */
    private Whole told(String session, long revision) {
        Parts open = parts();
        put(session, new LiveEntry.Head(stamp(Origin.OUTSIDE), revision, false));
        open.flusher.hurry();
        long end = open.environment.nanos() + PATIENCE.toNanos();
        while (true) {
            long seen = open.flusher.flushed().version();
            Whole whole = whole(session);
            long left = end - open.environment.nanos();
            if (!lacks(whole.seen(), revision)) {
                return whole;
            }
            boolean waited = left > 0 && !closed && flushed(seen, Duration.ofNanos(left));
            if (!waited) {
                throw StorageException.retry(
                        "live_behind",
                        "the live events of session \"" + session + "\" on " + settings.place()
                                + " did not come to revision " + revision + " in time; observe again",
                        null);
            }
        }
    }

    private boolean flushed(long seen, Duration atMost) {
        try {
            return parts().flusher.flushed().await(seen, atMost);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public CatchUp after(Cursor cursor, int most) {
        Parts open = parts();
        LiveFeed feed = open.feeds.get(cursor.session());
        long revision = feed == null ? 0 : Math.max(0, feed.revision());
        if (closed) {
            return new CatchUp.Gap(CatchUp.Reason.UNAVAILABLE, revision);
        }
        long oldest = open.clock.now() - Micros.of(options.bounds().age());
        List<SessionEvent> known = feed == null ? null : feed.after(cursor, most, oldest);
        if (known != null) {
            return new CatchUp.Events(known);
        }
        try {
            return read(cursor, most, feed);
        } catch (TurnbuckleException e) { // O6: what cannot be read is a gap; the observation after it says why
            LOG.debug("live events could not be read", e);
            return new CatchUp.Gap(CatchUp.Reason.UNAVAILABLE, revision);
        }
    }

    private CatchUp read(Cursor cursor, int most, @Nullable LiveFeed feed) {
        LiveReader reader = parts().reader;
        return reader.ask(cursor.session(), reading -> {
            var answer = reading.after(cursor, most);
            LiveHeader header = reading.seen(cursor.session()).header();
            if (feed != null && header != null && answer.catchUp() instanceof CatchUp.Events) {
                loaded(feed, cursor, header, answer.rows());
            }
            return answer.catchUp();
        });
    }

    /** Who has read to the end has read for all. */
    private void loaded(LiveFeed feed, Cursor cursor, LiveHeader header, List<LiveRow> rows) {
        long last = rows.isEmpty() ? cursor.position() : rows.getLast().position();
        if (last < header.places().tail()) {
            return;
        }
        if (parts().feeds.reached(feed, cursor, header.revision(), rows)) {
            parts().reader.notice();
        }
    }

    @Override
    public Subscription subscribe(String session, Signal wake) {
        Parts open = parts();
        LiveFeed feed = open.feeds.subscribe(session, wake);
        open.notices.attend();
        return () -> open.feeds.unsubscribe(session, feed, wake);
    }

    @Override
    public Set<String> observed() {
        return parts().feeds.observed();
    }

    @Override
    public boolean observes(String session) {
        return parts().feeds.get(session) != null;
    }

    @Override
    public long revision(String session) {
        LiveFeed feed = parts().feeds.get(session);
        if (feed != null && feed.revision() >= 0) {
            return feed.revision();
        }
        long found = seen(session).revision();
        if (feed != null) {
            feed.published(found);
        }
        return found;
    }

    @Override
    public boolean holdsAny() {
        return true;
    }

    @Override
    public void end(String session, String reason) {
        append(session, new Activity.SessionEnded(reason));
    }

    /** Any node does it for all; what one has taken, another one skips. */
    @Override
    public void trim() {
        Parts open = parts();
        try {
            long age = Micros.of(options.bounds().age());
            boolean more = true;
            for (int i = 0; more && i < TRIMS; i++) {
                more = open.link.write(sql -> writing(sql).age(age, TRIMMED_AT_ONCE)) == TRIMMED_AT_ONCE;
            }
            long now = open.environment.nanos();
            if (now - open.evictedAt
                    >= options.bounds().idle().dividedBy(EVICTIONS).toNanos()) {
                open.evictedAt = now;
                evict(open);
            }
        } catch (SqlFailure | LiveLink.CommitUnknown e) {
            LOG.warn("live events were not trimmed, tried again: {}", e.toString());
        }
    }

    private void evict(Parts open) {
        Duration idle = options.bounds().idle();
        long unused = Micros.of(idle);
        long abandoned = Micros.of(idle.multipliedBy(ABANDONED));
        Set<String> observed = open.feeds.observed();
        boolean more = true;
        for (int i = 0; more && i < TRIMS; i++) {
            more = open.link.write(sql -> writing(sql).evict(unused, abandoned, observed, TRIMMED_AT_ONCE))
                    == TRIMMED_AT_ONCE;
        }
    }

    private LiveWriting writing(Statements sql) {
        return new LiveWriting(sql, options.bounds());
    }

    /** For tests: whether everything that was appended has its position, or was dropped. */
    boolean isSettled() {
        parts().flusher.hurry();
        return parts().flusher.isIdle();
    }

    /** For tests: whether something waits for time to pass. */
    boolean isHolding() {
        return parts().flusher.isHolding();
    }

    /** What was appended is stored first, for a moment. Who reads is told that the live replay is closed. */
    @Override
    public void close() {
        Parts open = parts;
        if (open == null || closed) {
            return;
        }
        closed = true;
        try {
            open.flusher.close(open.tasks.getFirst());
            open.notices.close(open.listening);
            open.reader.close();
            open.feeds.close();
            for (Environment.Task task : open.tasks) {
                task.join(PATIENCE);
            }
        } catch (InterruptedException e) {
            open.tasks.forEach(Environment.Task::interrupt);
            Thread.currentThread().interrupt();
        }
        open.closing.run();
    }
}
