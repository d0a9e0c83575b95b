package dev.turnbuckle;

import dev.turnbuckle.error.AwaitInterruptedException;
import dev.turnbuckle.error.ClosedException;
import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.error.SessionDeletedException;
import dev.turnbuckle.internal.worker.Node;
import dev.turnbuckle.internal.worker.TurnEnds;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.session.CancelResult;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.TurnSummary;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.TurnRow;
import dev.turnbuckle.store.Turns;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Address of one turn; its id is fixed when its input is accepted, so it can be stored and found again (T1). Thread-safe. */
public final class Turn {
    /** How often another process's progress is looked at while somebody waits. */
    private static final Duration LOOK = Duration.ofMillis(100);

    /** The same while other processes tell what they do. */
    private static final Duration TOLD = Duration.ofSeconds(1);

    /** The same where every ending is told in this process. */
    private static final Duration RARELY = Duration.ofMinutes(1);

    private static final Duration FOREVER = Duration.ofDays(36_500);

    private final Turnbuckle turnbuckle;
    private final Session session;
    private final Sent sent;

    /**
     * @param sequence of the inbox row, 0 when only the id is known
     * @param open the turn that ran when this was accepted
     * @param before where the session's events were before it was accepted
     */
    record Sent(
            TurnId id,
            long sequence,
            boolean existing,
            @Nullable TurnId open,
            @Nullable Cursor before) {
        static Sent known(TurnId id) {
            return new Sent(id, 0, false, null, null);
        }
    }

    Turn(Turnbuckle turnbuckle, Session session, Sent sent) {
        this.turnbuckle = turnbuckle;
        this.session = session;
        this.sent = sent;
    }

    public TurnId id() {
        return sent.id();
    }

    public Session session() {
        return session;
    }

    /** True when this idempotency key had been accepted before. */
    public boolean alreadyAccepted() {
        return sent.existing();
    }

    /** Of its inbox row; 0 when only the id is known. */
    long sequence() {
        return sent.sequence();
    }

    /** Accepted through this handle just now, so that nothing of it was missed. */
    boolean isFresh() {
        return sent.sequence() > 0 && !sent.existing();
    }

    /** The turn that ran when this input was accepted, and that it waits for (T6). */
    public Optional<TurnId> behind() {
        return Optional.ofNullable(sent.open()).filter(t -> !t.equals(sent.id()));
    }

    /**
     * Waits until the turn ended or is suspended, whichever is first; from any process (Q17).
     *
     * @throws AwaitInterruptedException when interrupted; the flag is set again and the turn goes on
     * @throws ClosedException when the runtime is closed meanwhile
     * @throws InvalidInputException when the store never saw this turn
     * @throws SessionDeletedException when the session is deleted meanwhile
     */
    public TurnOutcome await() {
        return await(FOREVER).orElseThrow(() -> new IllegalStateException("forever is over"));
    }

    /** The same, for a time; empty when it neither ended nor was suspended. */
    public Optional<TurnOutcome> await(Duration atMost) {
        Node node = turnbuckle.node();
        long deadline = node.environment().nanos()
                + Math.min(atMost.toNanosPart() + atMost.toSeconds() * 1_000_000_000L, Long.MAX_VALUE / 4);
        boolean alone = isFresh() && sent.open() == null;
        var ref = new Turns.TurnRef(session.id(), alone ? sent.id() : followed());
        TurnEnds.Waiter waiter = node.ends().enter(ref);
        try {
            boolean fresh = isFresh() && atMost.isPositive(); // without time to wait, the row is all there is
            while (true) {
                long seen = waiter.signal().version();
                TurnOutcome told = waiter.outcome();
                Optional<TurnOutcome> end =
                        told != null ? Optional.of(told) : fresh ? Optional.<TurnOutcome>empty() : read(ref);
                boolean givenBack = end.isPresent() && !holds(ref.turn());
                if (end.isPresent() && !givenBack) {
                    return end;
                }
                if (node.closed()) {
                    throw new ClosedException("the runtime was closed while turn " + id()
                            + " was awaited; it goes on where the session's agent is run next");
                }
                long left = deadline - node.environment().nanos();
                if (left <= 0) {
                    return Optional.empty();
                }
                Duration look = fresh || node.storage().traits().shared() ? often(node) : RARELY;
                boolean changed = !givenBack
                        && waiter.signal().await(seen, left < look.toNanos() ? Duration.ofNanos(left) : look);
                fresh = false;
                if (!changed) {
                    var next = followed();
                    if (!next.equals(ref.turn())) {
                        node.ends().leave(ref);
                        ref = new Turns.TurnRef(session.id(), next);
                        waiter = node.ends().enter(ref);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AwaitInterruptedException("interrupted while waiting for turn " + id() + "; the turn goes on");
        } finally {
            node.ends().leave(ref);
        }
    }

    private static Duration often(Node node) {
        return node.storage().wakeups().flowing() ? TOLD : LOOK;
    }

    /** The turn that this input became part of: its own, or the one that it joined. */
    private TurnId followed() {
        if (sent.sequence() == 0) {
            return sent.id();
        }
        return find().map(i -> i.status().turn()).orElse(sent.id());
    }

    /** Whether this turn's end is this input's: a turn that ends may give back what had joined it (Q5). */
    private boolean holds(TurnId turn) {
        return turn.equals(id())
                || find().map(i -> turn.equals(i.status().turn())).orElse(true);
    }

    /** Whether nothing more happens of it: its turn, or the one that it joined, has ended, or its input was cancelled. */
    boolean isOver() {
        return find().map(i -> switch (i.status().state()) {
                    case PENDING, CLAIMED -> false;
                    case APPLIED, CANCELLED, DEAD -> true;
                })
                .orElse(false);
    }

    Optional<InboxItem> find() {
        return turnbuckle.node().storage().inbox().find(session.id(), new Inbox.Ref.Turn(sent.id()));
    }

    private Optional<TurnOutcome> read(Turns.TurnRef ref) {
        Optional<TurnRow> row = turnbuckle.node().storage().turns().find(ref.session(), ref.turn());
        if (row.isEmpty()) {
            return unopened();
        }
        TurnRow turn = row.get();
        if (turn.ending() != null) {
            return Optional.of(turn.ending().outcome());
        }
        boolean waits = turn.state() == TurnSummary.State.SUSPENDED
                && turn.times().notBefore() == null
                && !turn.gate().cancelled();
        if (!waits) {
            requireAlive();
            return Optional.empty();
        }
        List<OpenWait> open =
                turnbuckle.node().storage().journal().openWaits(Optional.of(session.id()), Waits.MOST).stream()
                        .filter(w -> w.turn().equals(turn.id()))
                        .toList();
        return open.isEmpty() ? Optional.empty() : Optional.of(new TurnOutcome.Suspended(turn.id(), open));
    }

    private Optional<TurnOutcome> unopened() {
        InboxItem item = find().orElse(null);
        if (item == null) {
            requireAlive();
            throw new InvalidInputException("session \"" + session.id() + "\" has no turn " + id());
        }
        TurnId joined = item.status().turn();
        if (item.status().state() == InboxItem.State.CANCELLED) {
            return Optional.of(new TurnOutcome.Cancelled(
                    id(),
                    "",
                    "",
                    item.status().error() == null
                            ? "input cancelled"
                            : item.status().error()));
        }
        return joined == null || joined.equals(id())
                ? Optional.empty()
                : session.turn(joined).await(Duration.ZERO).filter(end -> holds(joined));
    }

    /** A deleted session's turn ends in no commit (T14), and its row stays until it is reclaimed. */
    private void requireAlive() {
        var sessions = turnbuckle.node().storage().sessions();
        if (sessions.find(session.id()).map(SessionRow::deleted).orElse(false)) {
            throw new SessionDeletedException(session.id());
        }
    }

    /** Completes when the turn ends or is suspended, or exceptionally with what {@link #await()} throws. */
    public CompletableFuture<TurnOutcome> future() {
        var future = new CompletableFuture<TurnOutcome>();
        turnbuckle.node().environment().start("turnbuckle-future " + id(), () -> {
            try {
                future.complete(await());
            } catch (RuntimeException e) { // handed to whoever holds the future
                future.completeExceptionally(e);
            }
        });
        return future;
    }

    /** From the turn's first event, in order; ends with the turn. A gap where the buffer cannot answer. Close it. */
    public Events events() {
        Cursor from = sent.before() != null
                ? sent.before()
                : turnbuckle.node().live().tail(session.id(), -1).cursor();
        return new Events(session, turnbuckle, from, this);
    }

    /** Sends text that joins this turn at its next safe point, or opens the next turn when it is too late (Q5). */
    public Steer steer(String text) {
        return steer(Input.text(text));
    }

    public Steer steer(Input input) {
        return new Steer(turnbuckle, session, session.accept(input, InboxItem.Delivery.STEER));
    }

    /** Asks the turn to stop, from any process; the commit and this race, and the first wins (T8). */
    public CancelResult cancel(String reason) {
        return cancel(reason, "user");
    }

    /** @param by who asks, kept in the outcome */
    public CancelResult cancel(String reason, String by) {
        CancelResult result = turnbuckle.node().storage().turns().cancel(session.id(), id(), by, reason);
        if (result == CancelResult.REQUESTED) {
            InboxItem item = find().orElse(null);
            TurnId taker = item == null ? null : item.status().turn();
            var ref = new Turns.TurnRef(session.id(), taker == null ? id() : taker);
            turnbuckle.worker().cancelled(ref);
            if (item != null && item.status().state() == InboxItem.State.CANCELLED) {
                turnbuckle
                        .node()
                        .live()
                        .append(session.id(), new Activity.InboxChanged(item.sequence(), id(), "cancelled"));
            }
            turnbuckle.worker().offer(session.id());
            turnbuckle.node().ends().changed(ref);
        }
        return result;
    }

    /** How it stands now; empty while its input waits. */
    public Optional<TurnSummary> summary() {
        return turnbuckle.node().storage().turns().find(session.id(), id()).map(TurnRow::summary);
    }

    @Override
    public String toString() {
        return "turn " + id() + " of " + session;
    }
}
