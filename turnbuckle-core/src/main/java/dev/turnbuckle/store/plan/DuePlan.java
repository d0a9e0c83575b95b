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

    /**
     * Since when a session without an open turn waits to be driven: a place in the order of the waiting. One that has
     * just had a turn is behind those that waited meanwhile, however old its next input is (Q18).
     *
     * @param earliestPending when the first pending input is available
     * @param known the due time of before
     */
    static @Nullable Instant since(@Nullable Instant earliestPending, @Nullable Instant known, Instant now) {
        if (earliestPending == null || earliestPending.isAfter(now)) {
            return earliestPending;
        }
        if (known == null || known.isAfter(now)) {
            return now;
        }
        return known.isAfter(earliestPending) ? known : earliestPending;
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
