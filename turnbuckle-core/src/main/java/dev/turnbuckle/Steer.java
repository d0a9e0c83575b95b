package dev.turnbuckle;

import dev.turnbuckle.error.AwaitInterruptedException;
import dev.turnbuckle.error.ClosedException;
import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.store.Inbox;
import java.time.Duration;

/** A sent steer: accepted, and on its way into the running turn or the next one. */
public final class Steer {
    private static final Duration LOOK = Duration.ofMillis(20);

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
     */
    public Turn appliedBy() {
        var node = turnbuckle.node();
        try {
            while (true) {
                InboxItem item = node.storage()
                        .inbox()
                        .find(session.id(), new Inbox.Ref.Turn(sent.id()))
                        .orElseThrow(
                                () -> new InvalidInputException("session " + session.id() + " has no input " + id()));
                if (item.status().state() == InboxItem.State.CANCELLED) {
                    throw new InvalidInputException("the steer " + id() + " was cancelled before a turn took it");
                }
                TurnId by = item.status().turn();
                if (by != null) {
                    return session.turn(by);
                }
                if (node.closed()) {
                    throw new ClosedException("the runtime was closed before a turn took the steer " + id());
                }
                node.environment().sleep(LOOK);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AwaitInterruptedException("interrupted while waiting for the steer " + id());
        }
    }
}
