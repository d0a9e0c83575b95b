package dev.turnbuckle.store;

import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.OpenWait;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A wait as it is stored.
 *
 * @param key effect key that waits
 */
public record WaitRow(OpenWait open, String key, @Nullable Decision decision) {
    /** When this wait concerns the turn by itself: its escalation, then its deadline. */
    public @Nullable Instant next() {
        var escalation = open.escalation();
        Instant deadline = open.deadline();
        if (decision != null) {
            return null;
        }
        boolean first = escalation != null
                && !escalation.done()
                && (deadline == null || escalation.at().isBefore(deadline));
        return first && escalation != null ? escalation.at() : deadline;
    }
}
