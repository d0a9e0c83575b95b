package dev.turnbuckle.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a turn is suspended on: a one-shot keyed promise (J15).
 *
 * @param question what is asked, in words for the one who decides
 * @param details JSON: the tool, its arguments, their hash
 * @param deadline when it is answered by itself, as refused
 */
public record OpenWait(
        WaitId id,
        String session,
        TurnId turn,
        Kind kind,
        String question,
        String details,
        Instant since,
        @Nullable Instant deadline) {
    public enum Kind {
        /** May this call run? */
        APPROVAL,
        /** A started {@code ONCE} call has no outcome: what happened? */
        UNKNOWN_OUTCOME
    }

    @Override
    public String toString() {
        return question;
    }
}
