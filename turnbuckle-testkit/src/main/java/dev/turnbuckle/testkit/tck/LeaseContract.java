package dev.turnbuckle.testkit.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Journal;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Leases.Grant;
import dev.turnbuckle.store.Leases.Renewal;
import dev.turnbuckle.store.Scope;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.store.Turns.Started;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** L1 to L9: advisory, fenced ownership. */
public abstract class LeaseContract extends StorageContract {
    private static final Scope SCOPE = new Scope("session", "s");
    private static final Claimant ANN = new Claimant("ann", "ann-1", "token-a");
    private static final Claimant BOB = new Claimant("bob", "bob-1", "token-b");

    private Grant acquire(Claimant by) {
        return storage.leases().acquire(SCOPE, by, TTL);
    }

    private Lease granted(Claimant by) {
        return ((Grant.Granted) acquire(by)).lease();
    }

    private Renewal renew(Lease lease, Duration ttl) {
        return storage.leases().renew(List.of(lease), ttl).getFirst();
    }

    private Lease stored() {
        return storage.leases().inspect(SCOPE).orElseThrow();
    }

    // ---- L1

    @Test
    void l01_aLeaseSaysWhoHoldsWhatSinceWhenAndUntilWhen() {
        tick(Duration.ofSeconds(5));
        Lease lease = granted(ANN);
        assertThat(lease.scope()).isEqualTo(SCOPE);
        assertThat(lease.holder()).isEqualTo(ANN);
        assertThat(lease.generation()).isEqualTo(1);
        assertThat(Duration.between(lease.acquiredAt(), lease.expiresAt())).isEqualTo(TTL);
        assertThat(stored()).isEqualTo(lease);
    }

    @Test
    void l01_scopesAreApartByKindAndId() {
        granted(ANN);
        for (Scope other : List.of(new Scope("timer", "s"), new Scope("session", "S"), new Scope("session:s", ""))) {
            assertThat(storage.leases().acquire(other, BOB, TTL))
                    .as(other.toString())
                    .isInstanceOf(Grant.Granted.class);
        }
        assertThat(storage.leases().list()).hasSize(4);
    }

    // ---- L2

    @Test
    void l02_aReleasedLeaseIsGrantedWithTheNextGeneration() {
        assertThat(storage.leases().release(granted(ANN))).isTrue();
        assertThat(acquire(BOB)).isInstanceOfSatisfying(Grant.Granted.class, g -> {
            assertThat(g.lease().generation()).isEqualTo(2);
            assertThat(g.displaced()).isNull();
        });
    }

    @Test
    void l02_anExpiredLeaseIsGrantedWithTheNextGenerationAndTheDisplacedHolder() {
        granted(ANN);
        tick(TTL);
        assertThat(acquire(BOB)).isInstanceOfSatisfying(Grant.Granted.class, g -> {
            assertThat(g.lease().generation()).isEqualTo(2);
            assertThat(g.displaced()).isEqualTo(ANN);
        });
    }

    @Test
    void l02_aLiveLeaseIsBusyForAnyOtherClaimantOfTheSameProcessToo() {
        Lease lease = granted(ANN);
        List<Claimant> others =
                List.of(BOB, new Claimant("ann", "ann-1", "token-c"), new Claimant("ann", "ann-2", "token-a"));
        for (Claimant other : others) {
            assertThat(changingNothing(() -> acquire(other))).isEqualTo(new Grant.Busy(lease));
        }
    }

    @Test
    void l02_repeatingOnesOwnAcquisitionIsIdempotent() {
        Lease lease = granted(ANN);
        tick(Duration.ofSeconds(10));
        assertThat(changingNothing(() -> acquire(ANN))).isEqualTo(new Grant.Granted(lease, null));
    }

    @Test
    void l02_onesOwnLeaseThatExpiredIsANewAcquisition() {
        granted(ANN);
        tick(TTL);
        assertThat(granted(ANN).generation()).isEqualTo(2);
    }

    @Test
    void l02_generationsRiseForEver() {
        for (int i = 1; i <= 5; i++) {
            Lease lease = granted(new Claimant("w", "i", "token-" + i));
            assertThat(lease.generation()).isEqualTo(i);
            storage.leases().release(lease);
            reopen();
        }
    }

    // ---- L3

    @Test
    void l03_ofManyAcquisitionsAtOnceExactlyOneWins() throws InterruptedException {
        for (int round = 1; round <= 5; round++) {
            var calls = new ArrayList<Callable<Grant>>();
            for (int i = 0; i < 8; i++) {
                Claimant by = new Claimant("worker-" + i, "i", "token-" + round + "-" + i);
                calls.add(() -> acquire(by));
            }
            List<Grant> grants = atOnce(calls);
            assertThat(grants).filteredOn(Grant.Granted.class::isInstance).hasSize(1);
            Lease won = stored();
            assertThat(won.generation()).isEqualTo(round);
            assertThat(grants)
                    .filteredOn(Grant.Busy.class::isInstance)
                    .hasSize(7)
                    .containsOnly(new Grant.Busy(won));
            storage.leases().release(won);
        }
    }

    // ---- L4

    @Test
    void l04_renewingExtendsAndKeepsTokenAndGeneration() {
        Lease lease = granted(ANN);
        tick(Duration.ofSeconds(20));
        var renewed = (Renewal.Renewed) renew(lease, TTL);
        assertThat(renewed.lease()).isEqualTo(lease.until(lease.expiresAt().plusSeconds(20)));
        assertThat(stored()).isEqualTo(renewed.lease());
    }

    @Test
    void l04_renewingNeverShortens() {
        Lease lease = granted(ANN);
        assertThat(changingNothing(() -> renew(lease, Duration.ofSeconds(1)))).isEqualTo(new Renewal.Renewed(lease));
    }

    @Test
    void l04_anExpiredLeaseIsNotRenewed() {
        Lease lease = granted(ANN);
        tick(TTL);
        assertThat(changingNothing(() -> renew(lease, TTL))).isEqualTo(new Renewal.Refused(lease, "expired"));
    }

    @Test
    void l04_aSupersededLeaseIsNotRenewed() {
        Lease lease = granted(ANN);
        tick(TTL);
        granted(BOB);
        assertThat(changingNothing(() -> renew(lease, TTL))).isEqualTo(new Renewal.Refused(lease, "superseded"));
    }

    @Test
    void l04_aReleasedLeaseIsNotRenewed() {
        Lease lease = granted(ANN);
        storage.leases().release(lease);
        assertThat(changingNothing(() -> renew(lease, TTL))).isEqualTo(new Renewal.Refused(lease, "released"));
    }

    @Test
    void l04_renewingNeedsWorkerIncarnationAndToken() {
        Lease lease = granted(ANN);
        for (Claimant other : List.of(
                new Claimant("bob", "ann-1", "token-a"),
                new Claimant("ann", "ann-2", "token-a"),
                new Claimant("ann", "ann-1", "token-b"))) {
            Lease forged = new Lease(SCOPE, other, lease.generation(), lease.acquiredAt(), lease.expiresAt());
            assertThat(changingNothing(() -> renew(forged, Duration.ofDays(1))))
                    .isEqualTo(new Renewal.Refused(forged, "superseded"));
            assertThat(changingNothing(() -> storage.leases().release(forged))).isFalse();
        }
    }

    @Test
    void l04_manyAreRenewedAtOnceWithOneAnswerEachInOrder() {
        Lease a = ((Grant.Granted) storage.leases().acquire(scope("a"), ANN, TTL)).lease();
        Lease b = ((Grant.Granted) storage.leases().acquire(scope("b"), ANN, TTL)).lease();
        Lease c = ((Grant.Granted) storage.leases().acquire(scope("c"), ANN, TTL)).lease();
        storage.leases().release(b);
        tick(Duration.ofSeconds(10));
        var later = a.expiresAt().plusSeconds(10);
        assertThat(storage.leases().renew(List.of(c, b, a), TTL))
                .containsExactly(
                        new Renewal.Renewed(c.until(later)),
                        new Renewal.Refused(b, "released"),
                        new Renewal.Renewed(a.until(later)));
    }

    // ---- L5

    @Test
    void l05_aReleasedLeaseIsNobodysAndKeepsItsGeneration() {
        Lease lease = granted(ANN);
        assertThat(storage.leases().release(lease)).isTrue();
        assertThat(stored().isReleased()).isTrue();
        assertThat(stored().generation()).isEqualTo(1);
        assertThat(storage.leases().list()).isEmpty();
        assertThat(changingNothing(() -> storage.leases().release(lease))).isFalse();
    }

    @Test
    void l05_aStaleReleaseNeverClearsASuccessor() {
        Lease lease = granted(ANN);
        tick(TTL);
        assertThat(changingNothing(() -> storage.leases().release(lease)))
                .as("expired")
                .isFalse();
        Lease next = granted(BOB);
        assertThat(changingNothing(() -> storage.leases().release(lease)))
                .as("superseded")
                .isFalse();
        assertThat(stored()).isEqualTo(next);
    }

    // ---- L6

    @Test
    void l06_aLeaseIsLiveUntilTheVeryInstantItExpires() {
        granted(ANN);
        tick(TTL.minusMillis(1));
        assertThat(acquire(BOB)).isInstanceOf(Grant.Busy.class);
        tick(Duration.ofMillis(1));
        assertThat(acquire(BOB)).isInstanceOf(Grant.Granted.class);
    }

    // ---- L7

    @Test
    void l07_aDeadHolderLosesItsLeaseBeforeItExpiresAndIsNamed() {
        granted(ANN);
        assumeTrue(fixture.presumeDead(c -> c.incarnation().equals("ann-1")), "this backend knows only expiry");
        assertThat(acquire(BOB)).isInstanceOfSatisfying(Grant.Granted.class, g -> {
            assertThat(g.displaced()).isEqualTo(ANN);
            assertThat(g.lease().generation()).isEqualTo(2);
        });
    }

    @Test
    void l07_leasesOfDeadHoldersAreExpiredAtOnceAndNoOthers() {
        Lease a = ((Grant.Granted) storage.leases().acquire(scope("a"), ANN, TTL)).lease();
        Lease b = ((Grant.Granted) storage.leases().acquire(scope("b"), BOB, TTL)).lease();
        assumeTrue(fixture.presumeDead(c -> c.incarnation().equals("ann-1")), "this backend knows only expiry");
        assertThat(storage.leases().expireDead()).isEqualTo(1);
        assertThat(renew(a, TTL)).isEqualTo(new Renewal.Refused(a, "expired"));
        assertThat(renew(b, TTL)).isEqualTo(new Renewal.Renewed(b));
        assertThat(changingNothing(() -> storage.leases().expireDead())).isZero();
    }

    @Test
    void l07_aDeadDriversTurnIsDueAtOnce() {
        accept("s", "t-1", "Hello");
        var request = new Turns.StartRequest("s", ANN, TTL, Set.of(AGENT));
        assertThat(storage.turns().start(request)).isInstanceOf(Turns.Start.Go.class);
        assertThat(storage.inbox().due(Set.of(AGENT), 10)).isEmpty();
        assumeTrue(fixture.presumeDead(c -> c.incarnation().equals("ann-1")), "this backend knows only expiry");
        storage.leases().expireDead();
        assertThat(storage.inbox().due(Set.of(AGENT), 10)).containsExactly("s");
        assertThat(start("s").displaced()).isEqualTo(ANN);
    }

    // ---- L8

    @Test
    void l08_aDriverThatLostItsLeaseRecordsAndCommitsAndSuspendsNothing() {
        Started started = acceptAndStart("s", "t-1", "Hello");
        var turn = started.turn().id();
        takeOver(started.lease());
        assertThat(changingNothing(() -> storage.journal()
                        .record(started.lease(), turn, List.of(Entries.done("model/1", "{}")), List.of())))
                .isEqualTo(new Journal.RecordResult.LeaseLost("superseded"));
        assertThat(changingNothing(() -> commit(CommitDraft.of(started).says("Hello", "Hi"))))
                .isEqualTo(new CommitResult.LeaseLost("superseded"));
        assertThat(changingNothing(
                        () -> storage.turns().suspend(Waits.suspension(started, Waits.approval(started, "wait-1")))))
                .isEqualTo(new Turns.Suspension.LeaseLost("superseded"));
        assertThat(changingNothing(() -> storage.turns().abandon(started.lease(), turn, failed("late", Duration.ZERO))))
                .isFalse();
    }

    // ---- L9

    @Test
    void l09_inspectingChangesNothing() {
        assertThat(changingNothing(() -> storage.leases().inspect(SCOPE))).isEmpty();
        Lease lease = granted(ANN);
        assertThat(changingNothing(() -> storage.leases().inspect(SCOPE))).contains(lease);
        tick(TTL.plusDays(1));
        assertThat(changingNothing(() -> storage.leases().inspect(SCOPE))).contains(lease);
        assertThat(changingNothing(() -> storage.leases().list())).containsExactly(lease);
        reopen();
        assertThat(storage.leases().inspect(SCOPE)).contains(lease);
    }
}
