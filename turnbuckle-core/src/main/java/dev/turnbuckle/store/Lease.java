package dev.turnbuckle.store;

import java.time.Duration;
import java.time.Instant;

/**
 * Advisory, fenced ownership of a scope (rules L). The stored row keeps its generation after a release.
 *
 * @param generation fencing number; only rises
 */
public record Lease(Scope scope, Claimant holder, long generation, Instant acquiredAt, Instant expiresAt) {
    public boolean liveAt(Instant now) {
        return expiresAt.isAfter(now);
    }

    public Lease until(Instant expiry) {
        return new Lease(scope, holder, generation, acquiredAt, expiry);
    }

    /** Of a holder that is dead: expires now, and says as before how long it was held to its last renewal (J19). */
    public Lease expired(Instant now) {
        Instant shifted = acquiredAt.minus(Duration.between(now, expiresAt));
        return new Lease(scope, holder, generation, shifted, now);
    }

    /** The row after a release: nobody's, the generation kept. */
    public Lease released() {
        return until(Instant.EPOCH);
    }

    public boolean isReleased() {
        return expiresAt.equals(Instant.EPOCH);
    }

    /** Same acquisition, whatever its expiry. */
    public boolean sameAs(Lease other) {
        return generation == other.generation && holder.equals(other.holder);
    }
}
