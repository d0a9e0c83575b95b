package dev.turnbuckle.store.plan;

import static dev.turnbuckle.store.plan.Facts.NOON;
import static dev.turnbuckle.store.plan.Facts.asked;
import static dev.turnbuckle.store.plan.Facts.cancelled;
import static dev.turnbuckle.store.plan.Facts.notBefore;
import static dev.turnbuckle.store.plan.Facts.row;
import static dev.turnbuckle.store.plan.Facts.running;
import static dev.turnbuckle.store.plan.Facts.suspended;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.InboxItem.Delivery;
import dev.turnbuckle.session.InboxItem.Kind;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.store.TurnRow;
import dev.turnbuckle.store.Turns.EmptyReason;
import dev.turnbuckle.store.WaitRow;
import dev.turnbuckle.store.plan.ClaimPlan.Decision;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClaimPlanTest {
    private static final Instant LATER = NOON.plusSeconds(60);

    private static Decision decide(List<InboxItem> pending) {
        return ClaimPlan.decide(null, List.of(), pending, NOON);
    }

    private static Decision decide(TurnRow open, WaitRow... waits) {
        return ClaimPlan.decide(open, List.of(waits), List.of(), NOON);
    }

    private static InboxItem user(long sequence, Instant availableAt) {
        return row(sequence, Kind.USER, Delivery.NEXT_TURN, availableAt);
    }

    @Test
    void q09_theOldestAvailableRowOpensATurn() {
        assertThat(decide(List.of(user(1, LATER), user(2, NOON), user(3, NOON.minusSeconds(9)))))
                .isEqualTo(new Decision.Open(user(2, NOON)));
    }

    @Test
    void q11_nothingPendingIsNothing() {
        assertThat(decide(List.of())).isEqualTo(new Decision.Nothing(EmptyReason.NOTHING, null));
    }

    @Test
    void q11_rowsThatAreForLaterSayWhen() {
        assertThat(decide(List.of(user(1, LATER.plusSeconds(1)), user(2, LATER))))
                .isEqualTo(new Decision.Nothing(EmptyReason.NOT_YET, LATER));
    }

    @Test
    void t06_anOpenTurnGoesBeforeEverythingPending() {
        assertThat(ClaimPlan.decide(running(), List.of(), List.of(user(1, NOON)), NOON))
                .isEqualTo(new Decision.Reopen(running()));
    }

    @Test
    void t12_aFailedTurnRestsUntilItsPauseIsOverUnlessItIsCancelled() {
        assertThat(decide(notBefore(running(), LATER))).isEqualTo(new Decision.Nothing(EmptyReason.NOT_YET, LATER));
        assertThat(decide(notBefore(running(), NOON))).isInstanceOf(Decision.Reopen.class);
        assertThat(decide(cancelled(notBefore(running(), LATER)))).isInstanceOf(Decision.Reopen.class);
    }

    @Test
    void t05_aSuspendedTurnWaitsForItsAnswerItsDeadlineOrACancel() {
        assertThat(decide(suspended(), asked("w", null))).isEqualTo(new Decision.Nothing(EmptyReason.TURN_WAITS, null));
        assertThat(decide(suspended(), asked("w", LATER)))
                .isEqualTo(new Decision.Nothing(EmptyReason.TURN_WAITS, LATER));
        assertThat(decide(suspended(), asked("v", LATER), asked("w", NOON))).isInstanceOf(Decision.Reopen.class);
        assertThat(decide(notBefore(suspended(), NOON), asked("w", null))).isInstanceOf(Decision.Reopen.class);
        assertThat(decide(cancelled(suspended()), asked("w", null))).isInstanceOf(Decision.Reopen.class);
    }

    @Test
    void t05_anAnswerMakesATurnReadyAlsoWhenTheClockWentBackSince() {
        assertThat(decide(notBefore(suspended(), LATER), asked("w", null))).isInstanceOf(Decision.Reopen.class);
    }

    @Test
    void q05_onlyAUsersAvailableSteerJoins() {
        assertThat(ClaimPlan.joins(row(1, Kind.USER, Delivery.STEER, NOON), NOON))
                .isTrue();
        assertThat(ClaimPlan.joins(row(1, Kind.USER, Delivery.STEER, LATER), NOON))
                .isFalse();
        assertThat(ClaimPlan.joins(row(1, Kind.USER, Delivery.NEXT_TURN, NOON), NOON))
                .isFalse();
        assertThat(ClaimPlan.joins(row(1, Kind.WORK, Delivery.STEER, NOON), NOON))
                .isFalse();
        assertThat(ClaimPlan.joins(row(1, Kind.COMMAND, Delivery.STEER, NOON), NOON))
                .isFalse();
    }

    @Test
    void q14_eachClaimCountsAnAttempt() {
        var turn = new TurnId("t-9");
        var once = ClaimPlan.claimed(user(1, NOON), turn, 7, 3);
        assertThat(once).isEqualTo(new InboxItem.Status(InboxItem.State.CLAIMED, turn, 7, 3, 1, null));
        assertThat(ClaimPlan.claimed(user(1, NOON).with(once), turn, 8, 3))
                .isEqualTo(new InboxItem.Status(InboxItem.State.CLAIMED, turn, 8, 3, 2, null));
    }
}
