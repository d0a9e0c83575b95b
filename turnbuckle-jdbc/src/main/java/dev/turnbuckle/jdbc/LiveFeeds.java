package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.env.Environment.Signal;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.live.LiveReplay.Bounds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The sessions that somebody in this process subscribes to, and the task that wakes who subscribes. */
final class LiveFeeds {
    /** How long the dispatcher sleeps when nothing comes; it is woken. */
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final ConcurrentMap<String, LiveFeed> feeds = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<LiveFeed> awake = new ConcurrentLinkedQueue<>();
    private final Bounds bounds;
    private final Signal work;
    private volatile boolean closed;

    LiveFeeds(Environment environment, Bounds bounds) {
        this.bounds = bounds;
        this.work = environment.signal();
    }

    LiveFeed subscribe(String session, Signal wake) {
        lock.lock();
        try {
            LiveFeed feed = feeds.computeIfAbsent(session, s -> new LiveFeed(bounds));
            feed.subscribe(wake);
            return feed;
        } finally {
            lock.unlock();
        }
    }

    void unsubscribe(String session, LiveFeed feed, Signal wake) {
        lock.lock();
        try {
            if (feed.unsubscribe(wake)) {
                feeds.remove(session, feed);
            }
        } finally {
            lock.unlock();
        }
    }

    @Nullable LiveFeed get(String session) {
        return feeds.get(session);
    }

    Set<String> observed() {
        return Set.copyOf(feeds.keySet());
    }

    boolean isEmpty() {
        return feeds.isEmpty();
    }

    /** Of those that somebody has read to the end; what the others lack is read when they are asked. */
    Map<String, Long> tails() {
        var tails = new HashMap<String, Long>();
        feeds.forEach((session, feed) -> {
            if (feed.tail() >= 0) {
                tails.put(session, feed.tail());
            }
        });
        return tails;
    }

    /** Events that were stored, of any sessions, each session's in order. */
    void add(String incarnation, List<LiveRow> rows) {
        var bySession = new LinkedHashMap<String, List<LiveRow>>();
        rows.forEach(r ->
                bySession.computeIfAbsent(r.session(), s -> new ArrayList<>()).add(r));
        bySession.forEach((session, news) -> {
            LiveFeed feed = feeds.get(session);
            if (feed != null && feed.add(incarnation, news)) {
                wake(feed);
            }
        });
    }

    /**
     * Somebody has read these after the cursor, up to the tail. Who looked a moment earlier found less and sleeps: the
     * task that looks for news finds none any more, so they are woken here.
     *
     * @return whether nobody had read so far: what came since is still to be looked for
     */
    boolean reached(LiveFeed feed, Cursor cursor, long newest, List<LiveRow> rows) {
        boolean first = feed.reached(cursor.incarnation(), cursor.position(), newest);
        if (feed.add(cursor.incarnation(), rows)) {
            wake(feed);
        }
        return first;
    }

    /** Something was stored by others in sessions that nobody here has read to the end. */
    void hint(Set<String> sessions) {
        sessions.forEach(s -> {
            LiveFeed feed = feeds.get(s);
            if (feed != null && feed.tail() < 0) {
                wake(feed);
            }
        });
    }

    void wakeAll() {
        feeds.values().forEach(this::wake);
    }

    void leave(String incarnation) {
        feeds.values().stream().filter(f -> f.leave(incarnation)).forEach(this::wake);
    }

    private void wake(LiveFeed feed) {
        if (feed.queued.compareAndSet(false, true)) {
            awake.add(feed);
            work.raise();
        }
    }

    void dispatch() {
        try {
            long seen = work.version(); // before each look whether it is closed: closing raises once
            while (!closed) {
                for (LiveFeed feed = awake.poll(); feed != null; feed = awake.poll()) {
                    feed.queued.set(false);
                    feed.wake();
                }
                work.await(seen, PAUSE);
                seen = work.version();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void close() {
        closed = true;
        feeds.values().forEach(LiveFeed::wake);
        work.raise();
    }
}
