package dev.turnbuckle.store;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Leases (rules L). Each call is one transaction. */
public interface Leases {
    /** Free, released, expired or of a dead holder: granted with the next generation. Live: busy (L2). */
    Grant acquire(Scope scope, Claimant by, Duration ttl);

    /** All in one transaction, one answer each, in order (L4). */
    List<Renewal> renew(List<Lease> leases, Duration ttl);

    /** @return false when the lease was no longer this holder's; then nothing changed (L5) */
    boolean release(Lease lease);

    /** The row as it is, also when released or expired; changes nothing (L9). */
    Optional<Lease> inspect(Scope scope);

    /** All rows that are not released. */
    List<Lease> list();

    /** Expires at once every lease whose holder is provably dead (L7); how many. */
    int expireDead();

    sealed interface Grant {
        /** @param displaced the holder that lost it by expiry or death */
        record Granted(Lease lease, @Nullable Claimant displaced) implements Grant {}

        record Busy(Lease held) implements Grant {}
    }

    sealed interface Renewal {
        record Renewed(Lease lease) implements Renewal {}

        /** @param why {@code expired}, {@code superseded}, {@code released} */
        record Refused(Lease lease, String why) implements Renewal {}
    }
}
