package dev.turnbuckle.store.plan;

import dev.turnbuckle.session.TurnSummary;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.TurnRow;
import dev.turnbuckle.store.WaitRow;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** When a session may have something to drive: what workers look for. */
public final class DuePlan {
    private DuePlan() {}

    /**
     * @param lease the live lease, if any
     * @param waits the open turn's waits
     * @param earliestPending when the first pending input is available
     */
    static @Nullable Instant due(
            @Nullable TurnRow open,
            @Nullable Lease lease,
            List<WaitRow> waits,
            @Nullable Instant earliestPending,
            Instant now) {
        if (open == null) {
            return earliestPending;
        }
        Instant notBefore = open.times().notBefore();
        if (open.state() == TurnSummary.State.SUSPENDED) {
            return open.gate().cancelled() ? now : notBefore != null ? notBefore : earliest(waits);
        }
        if (lease != null && lease.liveAt(now)) {
            return lease.expiresAt();
        }
        return open.gate().cancelled() || notBefore == null ? now : notBefore;
    }

    /** The first deadline or escalation of a wait that nobody decided. */
    static @Nullable Instant earliest(List<WaitRow> waits) {
        return waits.stream()
                .map(WaitRow::next)
                .filter(Objects::nonNull)
                .min(Instant::compareTo)
                .orElse(null);
    }
}
