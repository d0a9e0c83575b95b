package dev.turnbuckle.memory;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.CatchUp;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.live.LiveReplay;
import dev.turnbuckle.live.OpenFold;
import dev.turnbuckle.live.SessionEvent;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.TurnOutcome;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Recent events of one session. Positions rise by one for each event; {@code tail} is the newest, {@code floor} the
 * newest that has left. Every section under the lock is short and bounded: an append is constant work, a read copies at
 * most what was asked for. Nothing is awaited under the lock.
 */
final class Ring {
    private static final int FIRST_CAPACITY = 16;

    private static final class Slot {
        final Activity activity;
        final long revision;
        final long bytes;
        final long nanos;

        /** Made by the first who reads it. Two may make it at the same time: both are the same value, and immutable. */
        private @Nullable SessionEvent event;

        Slot(Activity activity, long revision, long bytes, long nanos) {
            this.activity = activity;
            this.revision = revision;
            this.bytes = bytes;
            this.nanos = nanos;
        }

        SessionEvent event(Cursor reader, long position) {
            SessionEvent made = event;
            if (made == null) {
                made = new SessionEvent(
                        new Cursor(reader.incarnation(), revision, position, reader.session()), activity);
                event = made;
            }
            return made;
        }
    }

    enum Appended {
        QUIET,
        /** Somebody is to be woken. */
        WAKE,
        /** Not appended: the ring was dropped; there is, or will be, another one. */
        RETIRED
    }

    /** Set while the ring waits for the dispatcher, so that many appends make one wake. */
    final AtomicBoolean queued = new AtomicBoolean();

    private final String session;
    private final LiveReplay.Bounds bounds;
    private final ReentrantLock lock;
    private final Set<Environment.Signal> subscribers = ConcurrentHashMap.newKeySet();
    private @Nullable Slot[] slots = new Slot[0];
    private @Nullable OpenFold fold;
    /** Positions of this life of the header are above it. */
    private final long start;

    private volatile long tail;
    private long floor;
    private long bytes;
    private volatile long revision = -1;
    private long lastUse;
    private boolean retired;

    Ring(String session, LiveReplay.Bounds bounds, long start) {
        this(session, bounds, start, new ReentrantLock());
    }

    /** @param lock of its own; a test shows that it is needed */
    Ring(String session, LiveReplay.Bounds bounds, long start, ReentrantLock lock) {
        this.session = session;
        this.lock = lock;
        this.bounds = bounds;
        this.start = start;
        this.tail = start;
        this.floor = start;
    }

    Appended append(Activity activity, long now, Supplier<Instant> clock) {
        lock.lock();
        try {
            if (retired) {
                return Appended.RETIRED;
            }
            if (activity instanceof Activity.Committed c) {
                if (c.revision() <= revision) {
                    return Appended.QUIET;
                }
                revision = c.revision();
            }
            if (OpenFold.concerns(activity)) {
                fold = OpenFold.apply(fold, activity, clock);
            }
            long size = size(activity);
            evictFor(1, size, now);
            ensureCapacity();
            long position = tail + 1;
            slots[index(position)] = new Slot(activity, Math.max(0, revision), size, now);
            tail = position;
            bytes += size;
            lastUse = now;
            return subscribers.isEmpty() ? Appended.QUIET : Appended.WAKE;
        } finally {
            lock.unlock();
        }
    }

    /** Makes room for so many events of this size together. */
    private void evictFor(int events, long size, long now) {
        long oldest = now - bounds.age().toNanos();
        while (floor < tail) {
            Slot first = slot(floor + 1);
            boolean over = tail - floor + events > bounds.events() || bytes + size > bounds.bytes();
            if (!over && first.nanos - oldest >= 0) {
                return;
            }
            slots[index(floor + 1)] = null;
            bytes -= first.bytes;
            floor++;
        }
    }

    private void ensureCapacity() {
        long kept = tail - floor;
        if (kept < slots.length) {
            return;
        }
        int larger = Math.max(FIRST_CAPACITY, slots.length * 2);
        var next = new @Nullable Slot[larger];
        for (long p = floor + 1; p <= tail; p++) {
            next[(int) (p % larger)] = slots[index(p)];
        }
        slots = next;
    }

    private int index(long position) {
        return (int) (position % slots.length);
    }

    private Slot slot(long position) {
        Slot slot = slots[index(position)];
        if (slot == null) {
            throw new IllegalStateException("position " + position + " is between floor and tail but empty");
        }
        return slot;
    }

    /** Rough size in memory; exact for what can be large. */
    private static long size(Activity activity) {
        return 64L
                + switch (activity) {
                    case Activity.TextDelta d -> d.text().length();
                    case Activity.ReasoningDelta d -> d.text().length();
                    case Activity.ToolStarted t -> t.arguments().length();
                    case Activity.ToolEnded t -> t.text().length();
                    case Activity.ToolProgress t -> t.text().length();
                    case Activity.InputApplied i -> i.text().length();
                    case Activity.ModelRetry m -> m.reason().length();
                    case Activity.ApprovalRequested a -> size(a.asked());
                    case Activity.WaitEscalated a -> size(a.asked());
                    case Activity.TurnSuspended t ->
                        t.waits().stream().mapToLong(Ring::size).sum();
                    case Activity.TurnEnded t -> size(t.outcome());
                    case Activity.Unknown u -> u.json().length();
                    default -> 64L;
                };
    }

    private static long size(OpenWait wait) {
        return 64L + wait.question().length() + wait.details().length();
    }

    private static long size(TurnOutcome outcome) {
        return switch (outcome) {
            case TurnOutcome.Answered a -> a.answer().length();
            case TurnOutcome.Suspended s ->
                s.waits().stream().mapToLong(Ring::size).sum();
            case TurnOutcome.Cancelled c ->
                (long) c.partialText().length() + c.reason().length();
            case TurnOutcome.BudgetExhausted b -> b.partialText().length();
            case TurnOutcome.Failed f -> f.message().length();
        };
    }

    /** @return {@code null} when the ring is retired: there is, or will be, another one */
    LiveReplay.@Nullable Tail tail(String incarnation, long known) {
        lock.lock();
        try {
            if (retired) {
                return null;
            }
            if (revision < known) {
                if (revision >= 0) {
                    // A commit that was not published here: its view replaces what was provisional.
                    fold = null;
                }
                revision = known;
            }
            return new LiveReplay.Tail(
                    new Cursor(incarnation, Math.max(0, revision), tail, session),
                    fold == null ? List.of() : fold.items());
        } finally {
            lock.unlock();
        }
    }

    CatchUp after(Cursor cursor, int most, long now) {
        if (cursor.position() == tail) {
            return new CatchUp.Events(List.of());
        }
        Slot[] read;
        lock.lock();
        try {
            evictFor(0, 0, now);
            if (cursor.position() > tail) {
                return new CatchUp.Gap(CatchUp.Reason.UNAVAILABLE, Math.max(0, revision));
            }
            if (cursor.position() < floor) {
                Long missed = cursor.position() < start ? null : Long.valueOf(floor - cursor.position());
                return new CatchUp.Gap(CatchUp.Reason.TRIMMED, Math.max(0, revision), missed);
            }
            read = new Slot[(int) Math.min(tail - cursor.position(), most)];
            for (int i = 0; i < read.length; i++) {
                read[i] = slot(cursor.position() + 1 + i);
            }
        } finally {
            lock.unlock();
        }
        return new CatchUp.Events(events(cursor, read));
    }

    /** What is read is built after the lock, so that readers hold up the writer by the copy of some references only. */
    private static List<SessionEvent> events(Cursor cursor, Slot[] read) {
        var events = new SessionEvent[read.length];
        for (int i = 0; i < read.length; i++) {
            events[i] = read[i].event(cursor, cursor.position() + 1 + i);
        }
        return Arrays.asList(events);
    }

    /** @return false when the ring is retired */
    boolean subscribe(Environment.Signal wake) {
        lock.lock();
        try {
            if (!retired) {
                subscribers.add(wake);
            }
            return !retired;
        } finally {
            lock.unlock();
        }
    }

    void unsubscribe(Environment.Signal wake, long now) {
        lock.lock();
        try {
            subscribers.remove(wake);
            lastUse = now;
        } finally {
            lock.unlock();
        }
    }

    boolean hasSubscribers() {
        return !subscribers.isEmpty();
    }

    void wake() {
        subscribers.forEach(Environment.Signal::raise);
    }

    long revision() {
        return revision;
    }

    long tailPosition() {
        return tail;
    }

    /** @return whether the ring is retired: nobody may use it any more */
    boolean trim(long now) {
        lock.lock();
        try {
            evictFor(0, 0, now);
            boolean empty = floor == tail;
            if (empty) {
                slots = new Slot[0];
            }
            boolean idle = empty
                    && subscribers.isEmpty()
                    && fold == null
                    && now - lastUse > bounds.idle().toNanos();
            retired |= idle; // for good: whoever found it so is about to drop it
            return retired;
        } finally {
            lock.unlock();
        }
    }
}
