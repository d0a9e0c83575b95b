package dev.turnbuckle.store.plan;

import static dev.turnbuckle.store.plan.Facts.ANN;
import static dev.turnbuckle.store.plan.Facts.NOON;
import static dev.turnbuckle.store.plan.Facts.asked;
import static dev.turnbuckle.store.plan.Facts.cancelled;
import static dev.turnbuckle.store.plan.Facts.lease;
import static dev.turnbuckle.store.plan.Facts.notBefore;
import static dev.turnbuckle.store.plan.Facts.running;
import static dev.turnbuckle.store.plan.Facts.suspended;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.TurnRow;
import dev.turnbuckle.store.WaitRow;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DuePlanTest {
    private static final Instant LATER = NOON.plusSeconds(60);

    private static Instant due(TurnRow open, Lease lease, WaitRow... waits) {
        return DuePlan.due(open, lease, List.of(waits), NOON.minusSeconds(1), NOON);
    }

    @Test
    void q06_withoutAnOpenTurnItIsWhenTheFirstInputIsAvailable() {
        assertThat(DuePlan.due(null, null, List.of(), LATER, NOON)).isEqualTo(LATER);
        assertThat(DuePlan.due(null, null, List.of(), null, NOON)).isNull();
    }

    @Test
    void q18_whoHasJustHadATurnWaitsBehindThoseWhoWaitedMeanwhile() {
        Instant old = NOON.minusSeconds(60);
        Instant older = NOON.minusSeconds(90);
        assertThat(DuePlan.since(old, null, NOON)).as("after a turn").isEqualTo(NOON);
        assertThat(DuePlan.since(old, LATER, NOON)).as("after a lease").isEqualTo(NOON);
        assertThat(DuePlan.since(old, older, NOON))
                .as("its older input was cancelled")
                .isEqualTo(old);
        assertThat(DuePlan.since(older, old, NOON)).as("it waits since then").isEqualTo(old);
        assertThat(DuePlan.since(LATER, old, NOON)).as("a delayed input").isEqualTo(LATER);
        assertThat(DuePlan.since(null, old, NOON)).isNull();
    }

    @Test
    void t06_aDrivenTurnIsDueWhenItsLeaseExpiresWhateverElseIsPending() {
        assertThat(due(running(), lease(ANN, 1, LATER))).isEqualTo(LATER);
        assertThat(due(cancelled(running()), lease(ANN, 1, LATER))).isEqualTo(LATER);
    }

    @Test
    void t12_anOwnerlessTurnIsDueNowOrAfterItsPause() {
        assertThat(due(running(), null)).isEqualTo(NOON);
        assertThat(due(running(), lease(ANN, 1, NOON))).isEqualTo(NOON);
        assertThat(due(notBefore(running(), LATER), null)).isEqualTo(LATER);
        assertThat(due(cancelled(notBefore(running(), LATER)), null)).isEqualTo(NOON);
    }

    @Test
    void t05_aSuspendedTurnIsDueWhenItIsAnsweredAtItsDeadlineOrWhenCancelled() {
        assertThat(due(suspended(), null, asked("w", null))).isNull();
        assertThat(due(suspended(), null, asked("v", LATER), asked("w", LATER.minusSeconds(1))))
                .isEqualTo(LATER.minusSeconds(1));
        assertThat(due(notBefore(suspended(), NOON), null, asked("w", LATER))).isEqualTo(NOON);
        assertThat(due(cancelled(suspended()), null, asked("w", null))).isEqualTo(NOON);
    }

    @Test
    void j16_theDeadlineOfAnAnsweredWaitDoesNotCount() {
        var open = asked("v", NOON);
        var answered = new WaitRow(
                open.open(),
                open.key(),
                new Decision(new WaitId("v"), Decision.Answer.of(Decision.Verdict.APPROVED), "alice", NOON, true));
        assertThat(due(suspended(), null, answered, asked("w", LATER))).isEqualTo(LATER);
        assertThat(due(suspended(), null, answered)).isNull();
    }
}
