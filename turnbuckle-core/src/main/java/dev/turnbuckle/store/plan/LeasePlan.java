package dev.turnbuckle.store.plan;

import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Leases.Grant;
import dev.turnbuckle.store.Leases.Renewal;
import dev.turnbuckle.store.Scope;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Decisions about leases (rules L). */
public final class LeasePlan {
    private LeasePlan() {}

    /** L2; {@code holderDead} is L7. The granted lease is what is to be stored. */
    public static Grant acquire(
            @Nullable Lease stored, Scope scope, Claimant by, boolean holderDead, Instant now, Duration ttl) {
        if (stored != null && stored.liveAt(now) && !holderDead) {
            return stored.holder().equals(by) ? new Grant.Granted(stored, null) : new Grant.Busy(stored);
        }
        long generation = stored == null ? 1 : Math.addExact(stored.generation(), 1);
        var displaced = stored == null || stored.isReleased() ? null : stored.holder();
        return new Grant.Granted(new Lease(scope, by, generation, now, now.plus(ttl)), displaced);
    }

    /** L4: never shortens. */
    public static Renewal renew(@Nullable Lease stored, Lease asked, Instant now, Duration ttl) {
        String why = lost(stored, asked, now);
        if (why != null || stored == null) {
            return new Renewal.Refused(asked, why == null ? "released" : why);
        }
        Instant until = now.plus(ttl);
        return new Renewal.Renewed(stored.expiresAt().isAfter(until) ? stored : stored.until(until));
    }

    /** Why this lease is not the live one any more; {@code null} when it is. */
    public static @Nullable String lost(@Nullable Lease stored, Lease claimed, Instant now) {
        if (stored == null || (stored.isReleased() && stored.generation() == claimed.generation())) {
            return "released";
        }
        if (!stored.sameAs(claimed)) {
            return "superseded";
        }
        return stored.liveAt(now) ? null : "expired";
    }
}
