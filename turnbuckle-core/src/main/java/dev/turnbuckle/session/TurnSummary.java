package dev.turnbuckle.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One turn in a list.
 *
 * @param attempts how many drives it took
 * @param revision the revision that its commit made, 0 while it is open
 * @param cancelledBy who asked first to cancel it (T8); {@code null} when nobody did
 */
public record TurnSummary(
        TurnId id,
        State state,
        String userText,
        int attempts,
        long revision,
        Instant openedAt,
        @Nullable Instant endedAt,
        @Nullable TurnOutcome outcome,
        @Nullable String cancelledBy) {
    public enum State {
        RUNNING,
        SUSPENDED,
        ENDED
    }
}
