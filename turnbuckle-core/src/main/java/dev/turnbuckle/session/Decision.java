package dev.turnbuckle.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a wait.
 *
 * @param first false when somebody had answered before; then {@code by} and {@code answer} are theirs
 */
public record Decision(WaitId id, Answer answer, String by, Instant at, boolean first) {
    public enum Verdict {
        APPROVED,
        REJECTED,
        /** The call of unknown outcome happened; {@code text} is its result. */
        DONE,
        /** The call of unknown outcome did not happen and shall not. */
        NOT_DONE,
        /** The call of unknown outcome shall run again. */
        RUN_AGAIN,
        EXPIRED,
        /** A new input of the user took its place (T6). */
        SUPERSEDED,
        CANCELLED
    }

    /**
     * @param text reason of a rejection, result of a finished call
     * @param arguments edited arguments of an approved call, as JSON
     */
    public record Answer(
            Verdict verdict,
            @Nullable String text,
            @Nullable String arguments) {
        public static Answer of(Verdict verdict) {
            return new Answer(verdict, null, null);
        }
    }
}
