package dev.turnbuckle.store;

import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.TurnId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What enters a session (rules Q). Each call is one transaction. */
public interface Inbox {
    /** Durable when it returns; makes the session if it is the first (Q2, S2). */
    Accepted accept(NewInput input);

    Optional<InboxItem> find(String session, Ref ref);

    /** In order; only rows in one of the states. */
    List<InboxItem> list(String session, Set<InboxItem.State> states);

    /**
     * The steers that join at this safe point: the same rows whenever the same point is asked again (Q5).
     *
     * @param point number of the model call that the point follows
     */
    Steers claimSteers(Lease lease, TurnId turn, int point);

    /** All in one transaction, one answer each, in order (Q15). */
    List<CancelAnswer> cancel(String session, List<Ref> refs);

    /** Every row at or after the anchor (Q16); empty when the anchor is unknown. */
    Optional<List<CancelAnswer>> cancelFrom(String session, Ref anchor);

    /**
     * A dead row's content once more, as a new row that opens this turn; the dead one ends as cancelled and names it (Q14).
     */
    DeadAnswer retry(String session, Ref dead, TurnId turn, String by);

    /** A dead row that nobody wants any more ends as cancelled (Q14). */
    DeadAnswer drop(String session, Ref dead, String by);

    /** Sessions of these agents that may have something to drive now, longest waiting first. */
    default List<String> due(Set<String> agents, int most) {
        return due(agents, Duration.ZERO, most);
    }

    /** @param since for how long they have been due at least */
    List<String> due(Set<String> agents, Duration since, int most);

    /**
     * The same by share (Q18): the next shares after this name, in the order of names, each with those of its sessions
     * that wait longest. A share of which nothing is due yet may be among them, with no sessions.
     *
     * @param since for how long they have been due at least
     * @param after empty to begin at the first
     * @param most shares
     * @param each sessions of a share
     */
    List<Share> dueByShare(Set<String> agents, Duration since, String after, int most, int each);

    /** @param sessions that are due, longest waiting first */
    record Share(String name, List<String> sessions) {}

    /**
     * Before many sessions are started: tells other nodes to look elsewhere for a moment, where that can be told. A hint
     * like the due time itself: nobody is kept from starting a session, and a node that dies has delayed it by that moment.
     *
     * @param sessions that are due
     * @return those that no other node has chosen; all of them where nobody can tell
     */
    List<String> choose(List<String> sessions);

    /**
     * How long until the next session of these agents that is not due yet becomes it, by the clock that decides it. Who
     * wants to miss none asks this first and {@link #due} then.
     */
    Optional<Duration> untilDue(Set<String> agents);

    /**
     * An input on its way in.
     *
     * @param turn proposed id of the turn that it opens
     * @param content JSON of {@link InboxItem.Content}
     * @param blobs bytes that the content refers to, stored with it
     * @param share whose share of the workers the session takes from now on (Q18): {@link #OTHERS} only if it takes none
     *     yet; {@code null} to leave it as it is
     */
    record NewInput(
            String session,
            String agent,
            TurnId turn,
            InboxItem.Kind kind,
            InboxItem.Delivery delivery,
            String content,
            @Nullable String key,
            Map<String, String> context,
            @Nullable String trace,
            Duration delay,
            List<Blob> blobs,
            @Nullable String share) {
        /** The share of those that name none. */
        public static final String OTHERS = "-";

        /** An input that says nothing of shares. */
        public NewInput(
                String session,
                String agent,
                TurnId turn,
                InboxItem.Kind kind,
                InboxItem.Delivery delivery,
                String content,
                @Nullable String key,
                Map<String, String> context,
                @Nullable String trace,
                Duration delay,
                List<Blob> blobs) {
            this(session, agent, turn, kind, delivery, content, key, context, trace, delay, blobs, null);
        }

        /** An input that refers to no bytes either. */
        public NewInput(
                String session,
                String agent,
                TurnId turn,
                InboxItem.Kind kind,
                InboxItem.Delivery delivery,
                String content,
                @Nullable String key,
                Map<String, String> context,
                @Nullable String trace,
                Duration delay) {
            this(session, agent, turn, kind, delivery, content, key, context, trace, delay, List.of());
        }

        /** The same for the agent that the session runs. */
        public NewInput runBy(String owner) {
            return new NewInput(
                    session, owner, turn, kind, delivery, content, key, context, trace, delay, blobs, share);
        }

        public NewInput sharedAs(@Nullable String name) {
            return new NewInput(session, agent, turn, kind, delivery, content, key, context, trace, delay, blobs, name);
        }
    }

    /** A row by its sequence, its key, or the turn id that it was given. */
    sealed interface Ref {
        record Sequence(long value) implements Ref {}

        record Key(String value) implements Ref {}

        record Turn(TurnId value) implements Ref {}
    }

    sealed interface Accepted {
        /**
         * @param existing true when this key had been accepted before with this content
         * @param open the turn that runs or waits now, if any (T6)
         */
        record Row(
                InboxItem item, boolean existing, @Nullable TurnId open) implements Accepted {}

        /** The key was used with other content; both by their hash. */
        record KeyConflict(InboxItem existing, String existingHash, String offeredHash) implements Accepted {}
    }

    sealed interface Steers {
        record Claimed(List<InboxItem> items) implements Steers {}

        record LeaseLost(String why) implements Steers {}
    }

    /** What became of a dead row. */
    sealed interface DeadAnswer {
        /** @param item the new row */
        record Retried(InboxItem item) implements DeadAnswer {}

        record Dropped(InboxItem item) implements DeadAnswer {}

        /** The row is not dead; nothing changed. */
        record NotDead(InboxItem item) implements DeadAnswer {}

        record NotFound(Ref ref) implements DeadAnswer {}
    }

    /** One row's answer to a cancel. */
    sealed interface CancelAnswer {
        record Cancelled(InboxItem item) implements CancelAnswer {}

        record AlreadyClaimed(InboxItem item, TurnId by) implements CancelAnswer {}

        record Finished(InboxItem item) implements CancelAnswer {}

        record NotFound(Ref ref) implements CancelAnswer {}
    }
}
