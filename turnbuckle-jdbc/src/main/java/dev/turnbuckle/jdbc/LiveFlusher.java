package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.env.Environment.Signal;
import dev.turnbuckle.live.LiveReplay.Bounds;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one task that stores what was appended: gathers for a moment, gives positions under the locks of the sessions'
 * headers (O12), tells the other nodes and the subscribers here. A session whose header another node holds is left for the
 * next time.
 *
 * <p>Failure points: before COMMIT is sent nothing was stored, and the same entries are tried again, so many times. When
 * COMMIT is not answered nobody knows, and a second try could store them twice: then, and after the last try, they are
 * dropped, and the next flush of these sessions leaves a position out, so that readers hear of a gap (O6).
 */
final class LiveFlusher {
    private static final Logger LOG = LoggerFactory.getLogger(LiveFlusher.class);

    static final int MOST_AT_ONCE = 2_048;
    static final int TRIES = 10;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration CLOSING = Duration.ofSeconds(3);

    private static final int NOTICE_BYTES = PostgresWakeups.MOST_BYTES;

    private final LiveLink link;
    private final LiveQueue queue;
    private final LiveFeeds feeds;
    private final LiveClock clock;
    private final Environment environment;
    private final Options options;
    private final Signal arrived;
    private final Signal hurry;
    private final Signal flushed;
    private volatile boolean closed;
    private volatile boolean busy;
    private volatile boolean holding;
    private long flushedAt;
    private int failures;

    /**
     * @param channel that notices go to
     * @param node how this node's own notices are known
     * @param gather how long events wait for others at most
     */
    record Options(String channel, String node, Bounds bounds, Duration gather) {}

    LiveFlusher(LiveLink link, LiveQueue queue, LiveFeeds feeds, LiveClock clock, Options options) {
        this.link = link;
        this.queue = queue;
        this.feeds = feeds;
        this.clock = clock;
        this.environment = clock.environment();
        this.options = options;
        this.arrived = environment.signal();
        this.hurry = environment.signal();
        this.flushed = environment.signal();
        this.flushedAt = environment.nanos() - options.gather().toNanos();
    }

    void put(String session, LiveEntry entry) {
        if (queue.put(session, entry)) {
            arrived.raise();
        }
    }

    /** Somebody waits for what is in the queue. */
    void hurry() {
        hurry.raise();
    }

    /** Raised after each flush. */
    Signal flushed() {
        return flushed;
    }

    /** Whether everything that was appended was stored or dropped. */
    boolean isIdle() {
        return queue.isEmpty() && !busy;
    }

    /** Whether something waits for who committed it to say so ({@link LivePlan#GRACE}). */
    boolean isHolding() {
        return holding;
    }

    void run() {
        try {
            long seen = arrived.version(); // before each look whether it is closed: closing raises once
            while (!(closed && (queue.isEmpty() || failures > 0))) {
                if (queue.isEmpty()) {
                    arrived.await(seen, Job.FOREVER);
                } else {
                    gather();
                    flush();
                }
                seen = arrived.version();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void gather() throws InterruptedException {
        long seen = hurry.version();
        Duration left = failures > 0 ? pause() : options.gather().minusNanos(environment.nanos() - flushedAt);
        if (!left.isNegative() && !left.isZero() && !closed) {
            hurry.await(seen, left);
        }
    }

    private Duration pause() {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures, 10));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    private void flush() {
        busy = true;
        flushedAt = environment.nanos();
        Map<String, LiveQueue.Share> taken = queue.take(MOST_AT_ONCE);
        try {
            stored(taken, link.write(sql -> store(new LiveWriting(sql, options.bounds()), taken)));
            failures = 0;
        } catch (SqlFailure e) {
            failed(taken, e);
        } catch (LiveLink.CommitUnknown e) {
            drop(taken, "it is not known whether they were stored", e);
        } catch (RuntimeException e) { // the task's edge: a bug must not end the stream of every session
            drop(taken, "a bug", e);
        } finally {
            busy = false;
            flushed.raise();
        }
    }

    private record Stored(String incarnation, Map<String, LivePlan.Result> results) {}

    private Stored store(LiveWriting tables, Map<String, LiveQueue.Share> taken) {
        var locked = tables.lock(taken.keySet().stream().sorted().toList(), environment.id());
        clock.saw(locked.life().now());
        var now = new LivePlan.Now(environment.nanos(), locked.life().now(), closed);
        var results = new HashMap<String, LivePlan.Result>();
        locked.headers().forEach((session, header) -> {
            LiveQueue.Share share = taken.get(session);
            if (share != null) {
                results.put(session, LivePlan.of(header, share.entries(), share.dropped(), now));
            }
        });
        if (!results.isEmpty()) {
            tables.keep(results.values(), locked.headers(), options.channel(), notice(results));
        }
        return new Stored(locked.life().incarnation(), results);
    }

    /** Who said it, and the sessions, if they are few; {@code null} when there is nothing to read. */
    private @Nullable String notice(Map<String, LivePlan.Result> results) {
        List<String> sessions = results.entrySet().stream()
                .filter(r -> !r.getValue().rows().isEmpty())
                .map(Map.Entry::getKey)
                .toList();
        if (sessions.isEmpty()) {
            return null;
        }
        boolean plain = sessions.stream().noneMatch(s -> s.indexOf('\n') >= 0);
        String all = options.node() + "\n" + String.join("\n", sessions);
        return plain && all.getBytes(StandardCharsets.UTF_8).length <= NOTICE_BYTES ? all : options.node();
    }

    private void stored(Map<String, LiveQueue.Share> taken, Stored stored) {
        var rows = new ArrayList<LiveRow>();
        boolean holds = false;
        for (Map.Entry<String, LiveQueue.Share> each : taken.entrySet()) {
            holds |= stored(each.getKey(), each.getValue(), stored, rows);
        }
        holding = holds;
        feeds.add(stored.incarnation(), rows);
    }

    /** @return whether some of it must wait */
    private boolean stored(String session, LiveQueue.Share share, Stored stored, List<LiveRow> rows) {
        LivePlan.Result result = stored.results().get(session);
        if (result == null) {
            queue.giveBack(session, share);
            return false;
        }
        List<LiveEntry> left =
                share.entries().subList(result.taken(), share.entries().size());
        queue.done(share.entries().subList(0, result.taken()));
        queue.giveBack(session, new LiveQueue.Share(left, false));
        rows.addAll(result.rows());
        LiveFeed feed = feeds.get(session);
        if (feed != null) {
            feed.published(result.after().revision());
        }
        return !left.isEmpty();
    }

    private void failed(Map<String, LiveQueue.Share> taken, SqlFailure e) {
        failures++;
        if (failures >= TRIES) {
            failures = 1;
            drop(taken, "the database does not take them", e);
            return;
        }
        if (failures == 1) {
            LOG.warn("live events wait: {}", link.dialect().explain(e.sql()).getMessage());
        }
        taken.forEach(queue::giveBack);
    }

    private void drop(Map<String, LiveQueue.Share> taken, String why, Exception e) {
        queue.drop(Set.copyOf(taken.keySet()));
        taken.values().forEach(share -> queue.done(share.entries()));
        LOG.warn("live events of {} sessions dropped, their observers will see a gap: {}", taken.size(), why, e);
    }

    /** What waits is stored first, for a moment. */
    void close(Environment.Task task) throws InterruptedException {
        closed = true;
        arrived.raise();
        hurry.raise();
        if (!task.join(CLOSING)) {
            task.interrupt();
        }
    }
}
