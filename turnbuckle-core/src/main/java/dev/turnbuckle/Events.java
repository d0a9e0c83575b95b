package dev.turnbuckle;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.error.AwaitInterruptedException;
import dev.turnbuckle.error.ClosedException;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.CatchUp;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.live.LiveReplay;
import dev.turnbuckle.live.Observation;
import dev.turnbuckle.live.SessionEvent;
import dev.turnbuckle.session.TurnId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A session's events from a cursor on, without end; or a turn's, to its end. A position in the live replay, not a queue:
 * slow reading costs nobody anything, and what left the buffer meanwhile arrives as one gap item (O9, O15). One reader.
 */
public final class Events implements Iterable<SessionEvent>, AutoCloseable {
    private static final int AT_ONCE = 64;
    private static final Duration LOOK = Duration.ofMinutes(1);

    private final Session session;
    private final Turnbuckle turnbuckle;
    private final @Nullable Turn only;
    private final Environment.Signal wake;
    private final LiveReplay.Subscription subscription;
    private final Queue<SessionEvent> read = new ArrayDeque<>();
    private Cursor cursor;
    /** The turn that is watched: {@code only}'s own, or the one that its input joined. */
    private @Nullable TurnId watched;

    private long input;
    private boolean ended;
    private volatile boolean closed;

    Events(Session session, Turnbuckle turnbuckle, Cursor after, @Nullable Turn only) {
        this.session = session;
        this.turnbuckle = turnbuckle;
        this.cursor = after;
        this.only = only;
        this.wake = turnbuckle.node().environment().signal();
        this.subscription = turnbuckle.node().live().subscribe(session.id(), wake);
        turnbuckle.worker().attend();
        if (only != null) {
            watch(only);
        }
    }

    private void watch(Turn turn) {
        watched = turn.id();
        input = turn.sequence();
        if (!turn.isFresh()) {
            turn.find().ifPresent(row -> {
                input = row.sequence();
                watched = row.status().turn() == null ? turn.id() : row.status().turn();
            });
            ended = turn.isOver();
        }
    }

    /** Continues after the last event that was read. */
    public Cursor cursor() {
        return cursor;
    }

    /** The next event within this time. */
    public Optional<SessionEvent> next(Duration atMost) {
        long seen = wake.version();
        SessionEvent event = ready();
        return event != null ? Optional.of(event) : awaited(seen, atMost);
    }

    private Optional<SessionEvent> awaited(long looked, Duration atMost) {
        Environment env = turnbuckle.node().environment();
        long deadline = env.nanos() + atMost.toNanos();
        long seen = looked;
        while (true) {
            long left = deadline - env.nanos();
            if (ended || closed || left <= 0) {
                return Optional.empty();
            }
            if (turnbuckle.node().closed()) {
                throw new ClosedException("the runtime was closed while events were read; continue from the cursor");
            }
            await(seen, Duration.ofNanos(left));
            seen = wake.version();
            SessionEvent event = ready();
            if (event != null) {
                return Optional.of(event);
            }
        }
    }

    private void await(long seen, Duration atMost) {
        try {
            wake.await(seen, atMost.compareTo(LOOK) < 0 ? atMost : LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AwaitInterruptedException("interrupted while reading events; continue from the cursor");
        }
    }

    private @Nullable SessionEvent ready() {
        while (!ended) {
            if (read.isEmpty() && !fill()) {
                return null;
            }
            SessionEvent event = read.remove();
            cursor = event.cursor();
            if (concerns(event)) {
                return event;
            }
        }
        return null;
    }

    private boolean fill() {
        switch (turnbuckle.node().live().after(cursor, AT_ONCE)) {
            case CatchUp.Events(var events) -> read.addAll(events);
            case CatchUp.Gap gap -> {
                Observation fresh = session.observe();
                read.add(new SessionEvent(
                        fresh.cursor(), new Activity.Gap(gap.reason(), cursor.value(), fresh, gap.missed())));
            }
        }
        return !read.isEmpty();
    }

    private boolean concerns(SessionEvent event) {
        if (event.activity() instanceof Activity.SessionEnded) {
            ended = true;
            return true;
        }
        if (only == null) {
            return true;
        }
        return switch (event.activity()) {
            case Activity.Gap gap -> {
                boolean open = gap.observation().view().openTurn() != null
                        && gap.observation().view().openTurn().equals(watched);
                ended = !open && only.isOver();
                yield true;
            }
            case Activity.Committed c
            when only.isOver() -> {
                ended = true; // it was driven by another process, which alone has its events
                yield true;
            }
            case Activity.InboxChanged i -> {
                ended = i.sequence() == input && i.change().equals("cancelled");
                yield false;
            }
            case Activity.InputApplied i
            when i.sequence() == input -> {
                watched = i.turn();
                yield true;
            }
            case Activity.TurnEnded t
            when t.turn().equals(watched) -> {
                ended = true;
                yield true;
            }
            default -> Objects.equals(watched, turnOf(event.activity()));
        };
    }

    private static @Nullable TurnId turnOf(Activity activity) {
        return switch (activity) {
            case Activity.TurnStarted a -> a.turn();
            case Activity.ModelStarted a -> a.turn();
            case Activity.TextDelta a -> a.turn();
            case Activity.ReasoningDelta a -> a.turn();
            case Activity.Retracted a -> a.turn();
            case Activity.ModelEnded a -> a.turn();
            case Activity.ModelRetry a -> a.turn();
            case Activity.ToolStarted a -> a.turn();
            case Activity.ToolProgress a -> a.turn();
            case Activity.ToolEnded a -> a.turn();
            case Activity.ApprovalRequested a -> a.asked().turn();
            case Activity.WaitEscalated a -> a.asked().turn();
            case Activity.WaitDecided a -> a.turn();
            case Activity.InputApplied a -> a.turn();
            case Activity.TurnSuspended a -> a.turn();
            case Activity.TurnEnded a -> a.turn();
            default -> null;
        };
    }

    /** Blocks for each next event; ends with the turn or the session, or when this is closed. */
    @Override
    public Iterator<SessionEvent> iterator() {
        return new Iterator<>() {
            private @Nullable SessionEvent ahead;

            @Override
            public boolean hasNext() {
                while (ahead == null && !ended && !closed) {
                    ahead = Events.this.next(LOOK).orElse(null);
                }
                return ahead != null;
            }

            @Override
            public SessionEvent next() {
                if (!hasNext() || ahead == null) {
                    throw new NoSuchElementException("the events have ended");
                }
                SessionEvent event = ahead;
                ahead = null;
                return event;
            }
        };
    }

    @Override
    public void close() {
        closed = true;
        subscription.close();
        wake.raise();
    }
}
