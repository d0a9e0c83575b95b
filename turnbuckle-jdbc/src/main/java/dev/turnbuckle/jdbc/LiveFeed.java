package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment.Signal;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.live.LiveReplay.Bounds;
import dev.turnbuckle.live.SessionEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The newest events of a session that somebody in this process subscribes to, so that a thousand readers cost one query.
 * What is kept is one unbroken piece of the stream that ends at the newest known position; readers take it without a lock.
 */
final class LiveFeed {
    static final int MOST_EVENTS = 512;
    static final int MOST_CHARS = 256 * 1_024;

    /** Set while the feed waits for the dispatcher, so that many events make one wake. */
    final AtomicBoolean queued = new AtomicBoolean();

    private final Bounds bounds;
    private final Set<Signal> subscribers = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Known known;
    private volatile long revision = -1;

    /** @param rows the newest, without holes; the last one stands at {@code tail} */
    private record Known(String incarnation, List<LiveRow> rows, long tail) {}

    LiveFeed(Bounds bounds) {
        this.bounds = bounds;
    }

    void subscribe(Signal wake) {
        subscribers.add(wake);
    }

    /** @return whether nobody is left */
    boolean unsubscribe(Signal wake) {
        subscribers.remove(wake);
        return subscribers.isEmpty();
    }

    boolean isWatched() {
        return !subscribers.isEmpty();
    }

    void wake() {
        subscribers.forEach(Signal::raise);
    }

    /** The newest revision that this process saw in the stream; -1 for none. */
    long revision() {
        return revision;
    }

    /** Where news begin; -1 while nobody has read up to the tail. */
    long tail() {
        Known now = known;
        return now == null ? -1 : now.tail();
    }

    /** Somebody has read up to this position. @return whether nobody had: what came since is still to be looked for */
    boolean reached(String incarnation, long tail, long newest) {
        lock.lock();
        try {
            revision = Math.max(revision, newest);
            Known now = known;
            boolean first = now == null || !now.incarnation().equals(incarnation);
            if (first) {
                known = new Known(incarnation, List.of(), tail);
            }
            return first;
        } finally {
            lock.unlock();
        }
    }

    /** The stream has this revision, whether or not its events are here. */
    void published(long newest) {
        lock.lock();
        try {
            revision = Math.max(revision, newest);
        } finally {
            lock.unlock();
        }
    }

    /** @return whether there is something new to read */
    boolean add(String incarnation, List<LiveRow> rows) {
        lock.lock();
        try {
            Known now = known;
            if (now == null || rows.isEmpty()) {
                return !rows.isEmpty();
            }
            boolean same = now.incarnation().equals(incarnation);
            List<LiveRow> news = rows.stream()
                    .filter(r -> !same || r.position() > now.tail())
                    .toList();
            if (news.isEmpty()) {
                return false;
            }
            boolean goesOn = same && news.getFirst().position() == now.tail() + 1;
            var all = new ArrayList<LiveRow>(goesOn ? now.rows() : List.of());
            all.addAll(news);
            known = new Known(incarnation, newest(all), news.getLast().position());
            revision = Math.max(same ? revision : -1, news.getLast().revision());
            return true;
        } finally {
            lock.unlock();
        }
    }

    private List<LiveRow> newest(List<LiveRow> all) {
        int most = Math.min(MOST_EVENTS, bounds.events());
        long size = Math.min(MOST_CHARS, bounds.bytes());
        int from = all.size() - 1;
        size -= all.get(from).json().length();
        while (from > 0
                && all.size() - from < most
                && all.get(from - 1).json().length() <= size
                && all.get(from - 1).position() == all.get(from).position() - 1) { // else a publication was lost there
            from--;
            size -= all.get(from).json().length();
        }
        return List.copyOf(all.subList(from, all.size()));
    }

    /** The buffer began another life. @return whether this feed was of another one */
    boolean leave(String incarnation) {
        lock.lock();
        try {
            Known now = known;
            boolean other = now != null && !now.incarnation().equals(incarnation);
            if (other) {
                known = null;
                revision = -1;
            }
            return other;
        } finally {
            lock.unlock();
        }
    }

    /** The tail, as far as it is known here; {@code null} when it is not. */
    @Nullable Cursor mark(String session) {
        Known now = known;
        return now == null ? null : new Cursor(now.incarnation(), Math.max(0, revision), now.tail(), session);
    }

    /**
     * @param oldest events shown before it count as dropped
     * @return {@code null} when only the tables can tell
     */
    @Nullable List<SessionEvent> after(Cursor cursor, int most, long oldest) {
        Known now = known;
        if (now == null || !now.incarnation().equals(cursor.incarnation())) {
            return null;
        }
        long skipped = cursor.position() - (now.tail() - now.rows().size());
        if (skipped < 0 || cursor.position() > now.tail()) {
            return null;
        }
        List<LiveRow> rows =
                now.rows().subList((int) skipped, (int) Math.min(now.rows().size(), skipped + most));
        if (!rows.isEmpty() && rows.getFirst().shown() < oldest) {
            return null;
        }
        return rows.stream().map(r -> r.event(now.incarnation())).toList();
    }
}
