package dev.turnbuckle;

import dev.turnbuckle.error.AwaitInterruptedException;
import dev.turnbuckle.error.ClosedException;
import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.internal.worker.TurnEnds;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Turns;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A sent steer: accepted, and on its way into the running turn or the next one. */
public final class Steer {
    /** How often another process is looked at; in this one a signal is raised. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private static final Duration FOREVER = Duration.ofDays(36_500);

    private final Turnbuckle turnbuckle;
    private final Session session;
    private final Turn.Sent sent;

    Steer(Turnbuckle turnbuckle, Session session, Turn.Sent sent) {
        this.turnbuckle = turnbuckle;
        this.session = session;
        this.sent = sent;
    }

    /** The id that its own turn has if it was too late to join. */
    public TurnId id() {
        return sent.id();
    }

    /**
     * Waits until a turn took it: the one that was running, or its own.
     *
     * @throws InvalidInputException when it was cancelled before
     * @throws AwaitInterruptedException when interrupted; the flag is set again and the steer stays accepted
     * @throws ClosedException when the runtime is closed meanwhile
     */
    public Turn appliedBy() {
        return appliedBy(FOREVER).orElseThrow(() -> new IllegalStateException("forever is over"));
    }

    /** The same, for a time; empty when no turn took it. */
    public Optional<Turn> appliedBy(Duration atMost) {
        var node = turnbuckle.node();
        long deadline = node.environment().nanos()
                + Math.min(atMost.toSeconds(), FOREVER.toSeconds()) * 1_000_000_000L
                + atMost.toNanosPart();
        var own = new Turns.TurnRef(session.id(), sent.id());
        TurnEnds.Waiter waiter = node.ends().enter(own);
        try {
            while (true) {
                long seen = waiter.signal().version();
                TurnId by = takenBy();
                if (by != null) {
                    return Optional.of(session.turn(by));
                }
                if (node.closed()) {
                    throw new ClosedException("the runtime was closed before a turn took the steer " + id());
                }
                long left = deadline - node.environment().nanos();
                if (left <= 0) {
                    return Optional.empty();
                }
                waiter.signal().await(seen, left < LOOK.toNanos() ? Duration.ofNanos(left) : LOOK);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AwaitInterruptedException("interrupted while waiting for the steer " + id());
        } finally {
            node.ends().leave(own);
        }
    }

    private @Nullable TurnId takenBy() {
        InboxItem item = turnbuckle
                .node()
                .storage()
                .inbox()
                .find(session.id(), new Inbox.Ref.Turn(sent.id()))
                .orElseThrow(() -> new InvalidInputException("session " + session.id() + " has no input " + id()));
        if (item.status().state() == InboxItem.State.CANCELLED) {
            throw new InvalidInputException("the steer " + id() + " was cancelled before a turn took it");
        }
        return item.status().turn();
    }
}
