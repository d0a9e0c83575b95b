package dev.turnbuckle.session;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The durable row that an input becomes (Q1).
 *
 * @param sequence the store's order
 * @param turn the turn that this row opens by itself
 * @param content JSON of {@link Content}
 */
public record InboxItem(
        long sequence,
        String session,
        TurnId turn,
        Kind kind,
        Delivery delivery,
        String content,
        @Nullable String key,
        Map<String, String> context,
        @Nullable String trace,
        Instant availableAt,
        Instant acceptedAt,
        Status status) {
    public enum Kind {
        USER,
        /** A wake, a child's result, a timer, a trigger. */
        WORK,
        /** A change to the session that never becomes prompt text. */
        COMMAND
    }

    public enum Delivery {
        NEXT_TURN,
        /** Joins the running turn at its next safe point (Q5). */
        STEER,
        /** Like {@link #NEXT_TURN}, and what the open turn waits for is answered as superseded (T6). */
        SUPERSEDE
    }

    public enum State {
        PENDING,
        CLAIMED,
        APPLIED,
        CANCELLED,
        DEAD
    }

    /**
     * What became of the row.
     *
     * @param turn the turn that holds or held it, once claimed
     * @param generation the lease generation that its claim is pinned to (Q8)
     * @param point the safe point at which it joined, 0 when it opened the turn
     * @param error why it is dead, or who cancelled it and why; of a claimed row, who asked to cancel it meanwhile
     */
    public record Status(
            State state,
            @Nullable TurnId turn,
            long generation,
            int point,
            int attempts,
            @Nullable String error) {
        public static final Status NEW = new Status(State.PENDING, null, 0, 0, 0, null);

        public Status with(State next) {
            return new Status(next, turn, generation, point, attempts, error);
        }

        public Status because(String why) {
            return new Status(state, turn, generation, point, attempts, why);
        }
    }

    /**
     * What a row says.
     *
     * @param answerSchema JSON schema that the answer must fit
     */
    public record Content(Message message, @Nullable String answerSchema) {}

    public InboxItem {
        context = Map.copyOf(context);
    }

    public InboxItem with(Status next) {
        return new InboxItem(
                sequence, session, turn, kind, delivery, content, key, context, trace, availableAt, acceptedAt, next);
    }
}
