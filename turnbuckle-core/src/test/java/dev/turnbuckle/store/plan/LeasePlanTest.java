package dev.turnbuckle.store.plan;

import static dev.turnbuckle.store.plan.Facts.ANN;
import static dev.turnbuckle.store.plan.Facts.BOB;
import static dev.turnbuckle.store.plan.Facts.NOON;
import static dev.turnbuckle.store.plan.Facts.SCOPE;
import static dev.turnbuckle.store.plan.Facts.TTL;
import static dev.turnbuckle.store.plan.Facts.lease;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Leases.Grant;
import dev.turnbuckle.store.Leases.Renewal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeasePlanTest {
    private static Grant acquire(Lease stored, Claimant by, boolean dead) {
        return LeasePlan.acquire(stored, SCOPE, by, dead, NOON, TTL);
    }

    private static Lease next(Claimant by, long generation) {
        return new Lease(SCOPE, by, generation, NOON, NOON.plusSeconds(30));
    }

    @Test
    void l02_nothingStoredIsGrantedAsTheFirstGeneration() {
        assertThat(acquire(null, ANN, false)).isEqualTo(new Grant.Granted(next(ANN, 1), null));
    }

    @Test
    void l02_aReleasedOneIsGrantedAndDisplacesNobody() {
        Lease stored = lease(ANN, 4, NOON.plusSeconds(9)).released();
        assertThat(acquire(stored, BOB, false)).isEqualTo(new Grant.Granted(next(BOB, 5), null));
    }

    @Test
    void l02_anExpiredOneIsGrantedAndNamesWhoItDisplaces() {
        assertThat(acquire(lease(ANN, 4, NOON), BOB, false)).isEqualTo(new Grant.Granted(next(BOB, 5), ANN));
    }

    @Test
    void l02_aLiveOneIsBusyForOthersAndIdempotentForItsHolder() {
        Lease stored = lease(ANN, 4, NOON.plusNanos(1));
        assertThat(acquire(stored, BOB, false)).isEqualTo(new Grant.Busy(stored));
        assertThat(acquire(stored, ANN, false)).isEqualTo(new Grant.Granted(stored, null));
    }

    @Test
    void l07_aLiveOneOfADeadHolderIsGranted() {
        Lease stored = lease(ANN, 4, NOON.plusSeconds(9));
        assertThat(acquire(stored, BOB, true)).isEqualTo(new Grant.Granted(next(BOB, 5), ANN));
    }

    @Test
    void s08_aGenerationThatWouldOverflowIsRefused() {
        assertThatThrownBy(() -> acquire(lease(ANN, Long.MAX_VALUE, NOON), BOB, false))
                .isInstanceOf(ArithmeticException.class);
    }

    @Test
    void l04_renewingExtendsAndNeverShortens() {
        Lease stored = lease(ANN, 4, NOON.plusSeconds(20));
        assertThat(LeasePlan.renew(stored, stored, NOON, TTL))
                .isEqualTo(new Renewal.Renewed(stored.until(NOON.plusSeconds(30))));
        assertThat(LeasePlan.renew(stored, stored, NOON, Duration.ofSeconds(1))).isEqualTo(new Renewal.Renewed(stored));
    }

    @Test
    void l04_aRefusedRenewalSaysWhy() {
        Lease mine = lease(ANN, 4, NOON.plusSeconds(20));
        refused(null, mine, "released");
        refused(mine.released(), mine, "released");
        refused(lease(ANN, 4, NOON), mine, "expired");
        refused(lease(BOB, 5, NOON.plusSeconds(20)), mine, "superseded");
        refused(lease(BOB, 5, NOON.plusSeconds(20)).released(), mine, "superseded");
        refused(lease(new Claimant("ann", "ann-2", "token-a"), 4, NOON.plusSeconds(20)), mine, "superseded");
    }

    private static void refused(Lease stored, Lease mine, String why) {
        assertThat(LeasePlan.renew(stored, mine, NOON, TTL)).isEqualTo(new Renewal.Refused(mine, why));
        assertThat(LeasePlan.lost(stored, mine, NOON)).isEqualTo(why);
    }

    @Test
    void l08_aLiveLeaseIsNotLostWhateverItsHolderThinksItsExpiryIs() {
        Lease stored = lease(ANN, 4, NOON.plusSeconds(20));
        assertThat(LeasePlan.lost(stored, stored.until(NOON.minusSeconds(1)), NOON))
                .isNull();
    }
}
