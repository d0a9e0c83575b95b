package dev.turnbuckle.memory;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.CatchUp;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.live.LiveReplay;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Live replay in this process: one {@link Ring} a session, and one dispatcher that wakes subscribers, so that the writer
 * does the same work whether nobody or a thousand listen (O4).
 *
 * <p>Lifecycle of a ring: made by the first append or observation; its events leave by number, bytes or age; a ring
 * without events and subscribers leaves with the next trim after its idle time. What follows under the same session
 * starts above every position that this instance ever gave, so an old cursor can only be trimmed or unavailable, never
 * look current (O10).
 */
public final class MemoryLiveReplay implements LiveReplay {
    /** How long the dispatcher sleeps when nothing is appended; it is woken by appends. */
    private static final Duration DISPATCHER_PAUSE = Duration.ofMinutes(1);

    private final Bounds bounds;
    private final ConcurrentMap<String, Ring> rings = new ConcurrentHashMap<>();
    private final Set<String> observed = ConcurrentHashMap.newKeySet();
    private final Queue<Ring> awake = new ConcurrentLinkedQueue<>();
    private final AtomicLong highWater = new AtomicLong();
    private final AtomicBoolean dispatching = new AtomicBoolean();
    private Environment environment = Environment.system();
    private String incarnation = "unopened";
    private Environment.@Nullable Signal work;
    private volatile boolean closed;

    public MemoryLiveReplay() {
        this(Bounds.DEFAULT);
    }

    public MemoryLiveReplay(Bounds bounds) {
        this.bounds = bounds;
    }

    @Override
    public void open(Environment environment) {
        this.environment = environment;
        this.incarnation = environment.id();
        this.work = environment.signal();
    }

    private Ring ring(String session) {
        Ring ring = rings.get(session);
        return ring != null ? ring : rings.computeIfAbsent(session, s -> new Ring(s, bounds, highWater.get()));
    }

    /** Of a retired ring, whose tail moves no more: the one that follows it starts above (O10). */
    private void drop(String session, Ring retired) {
        highWater.accumulateAndGet(retired.tailPosition(), Math::max);
        rings.remove(session, retired);
    }

    @Override
    public void append(String session, Origin origin, Activity activity) {
        if (closed) {
            return;
        }
        Ring ring = ring(session);
        if (ring.revision() < origin.revision()) {
            tail(session, origin.revision());
        }
        Ring.Appended appended = ring.append(activity, environment.nanos(), environment::now);
        while (appended == Ring.Appended.RETIRED) {
            drop(session, ring);
            ring = ring(session);
            appended = ring.append(activity, environment.nanos(), environment::now);
        }
        if (appended == Ring.Appended.WAKE && ring.queued.compareAndSet(false, true)) {
            awake.add(ring);
            if (work != null) {
                work.raise();
            }
        }
    }

    @Override
    public Tail tail(String session, long revision) {
        while (true) {
            Ring ring = ring(session);
            if (ring.revision() >= 0 && ring.revision() < revision) {
                append(session, new Activity.Committed(revision, 0));
            }
            Tail tail = ring.tail(incarnation, revision);
            if (tail != null) {
                return tail;
            }
            drop(session, ring);
        }
    }

    @Override
    public CatchUp after(Cursor cursor, int most) {
        Ring ring = rings.get(cursor.session());
        if (!cursor.incarnation().equals(incarnation) || closed) {
            return new CatchUp.Gap(CatchUp.Reason.UNAVAILABLE, ring == null ? 0 : Math.max(0, ring.revision()));
        }
        if (ring == null) {
            return new CatchUp.Gap(
                    cursor.position() <= highWater.get() ? CatchUp.Reason.TRIMMED : CatchUp.Reason.UNAVAILABLE, 0);
        }
        return ring.after(cursor, most, environment.nanos());
    }

    @Override
    public Subscription subscribe(String session, Environment.Signal wake) {
        startDispatcher();
        Ring ring = subscribed(session, wake);
        observed.add(session);
        return () -> {
            ring.unsubscribe(wake, environment.nanos());
            if (!ring.hasSubscribers()) {
                observed.remove(session);
                if (ring.hasSubscribers()) {
                    observed.add(session);
                }
            }
        };
    }

    private Ring subscribed(String session, Environment.Signal wake) {
        while (true) {
            Ring ring = ring(session);
            if (ring.subscribe(wake)) {
                return ring;
            }
            drop(session, ring);
        }
    }

    private void startDispatcher() {
        Environment.Signal signal = work;
        if (signal != null && dispatching.compareAndSet(false, true)) {
            environment.start("turnbuckle-live", () -> dispatch(signal));
        }
    }

    private void dispatch(Environment.Signal signal) {
        try {
            while (!closed) {
                long seen = signal.version();
                for (Ring ring = awake.poll(); ring != null; ring = awake.poll()) {
                    ring.queued.set(false);
                    ring.wake();
                }
                signal.await(seen, DISPATCHER_PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Set<String> observed() {
        return Collections.unmodifiableSet(new LinkedHashSet<>(observed)); // walked in the same order in every run
    }

    @Override
    public boolean observes(String session) {
        return observed.contains(session);
    }

    @Override
    public long revision(String session) {
        Ring ring = rings.get(session);
        return ring == null ? -1 : ring.revision();
    }

    @Override
    public void end(String session, String reason) {
        append(session, new Activity.SessionEnded(reason));
    }

    @Override
    public boolean holdsAny() {
        return !rings.isEmpty();
    }

    @Override
    public void trim() {
        long now = environment.nanos();
        rings.forEach((session, ring) -> {
            if (ring.trim(now)) {
                drop(session, ring);
            }
        });
    }

    @Override
    public void close() {
        closed = true;
        rings.values().forEach(Ring::wake);
        if (work != null) {
            work.raise();
        }
    }
}
