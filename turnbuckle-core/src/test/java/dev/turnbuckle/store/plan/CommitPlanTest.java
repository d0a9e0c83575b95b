package dev.turnbuckle.store.plan;

import static dev.turnbuckle.store.plan.Facts.ANN;
import static dev.turnbuckle.store.plan.Facts.NOON;
import static dev.turnbuckle.store.plan.Facts.cancelled;
import static dev.turnbuckle.store.plan.Facts.lease;
import static dev.turnbuckle.store.plan.Facts.running;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.SessionSummary.Metadata;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.TurnRow;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CommitPlanTest {
    private static final TurnId TURN = new TurnId("t-1");
    private static final Lease LIVE = lease(ANN, 3, NOON.plusSeconds(9));
    private static final String INTENT = "intent";

    private static Commit commit(TurnOutcome outcome, long expectedRevision) {
        return new Commit(
                new Commit.Target("s", TURN, LIVE, expectedRevision),
                Commit.History.append(List.of()),
                Commit.State.UNCHANGED,
                Commit.Settlement.applied(List.of(1L), List.of()),
                new Commit.Record(outcome, Blob.of("record"), List.of(), List.of()));
    }

    private static Commit answer() {
        return commit(new TurnOutcome.Answered(TURN, "Hi", Usage.NONE), 5);
    }

    private static CommitPlan.Facts facts(@Nullable TurnRow turn, @Nullable Lease stored, @Nullable TurnId open) {
        var session = new SessionRow(
                "s",
                "agent",
                new SessionRow.Head(5, 1, 10, "chain", null),
                open,
                SessionRow.Facts.NONE,
                Metadata.NONE,
                NOON,
                NOON,
                null,
                false);
        return new CommitPlan.Facts(session, turn, stored, Map.of(1L, claimed(3)), NOON);
    }

    private static InboxItem claimed(long generation) {
        var row = Facts.row(1, InboxItem.Kind.USER, InboxItem.Delivery.NEXT_TURN, NOON);
        return row.with(ClaimPlan.claimed(row, TURN, generation, 0));
    }

    private static @Nullable CommitResult refusal(Commit commit, CommitPlan.Facts facts) {
        return CommitPlan.refusal(commit, facts, INTENT);
    }

    private static TurnRow ended(String intent) {
        var ending = new TurnRow.Ending(
                intent, new TurnOutcome.Answered(TURN, "Hi", Usage.NONE), 4, "record", null, List.of());
        return running().ended(ending, running().times());
    }

    @Test
    void s10_aCommitThatNothingIsAgainstMayLand() {
        assertThat(refusal(answer(), facts(running(), LIVE, TURN))).isNull();
    }

    @Test
    void s11_anEndedTurnAnswersByItsReceiptWhateverBecameOfTheLease() {
        assertThat(refusal(answer(), facts(ended(INTENT), null, null)))
                .isEqualTo(new CommitResult.Committed(4, true, List.of(), null, List.of()));
        assertThat(refusal(answer(), facts(ended("another"), LIVE, TURN)))
                .isEqualTo(new CommitResult.CommittedDifferently(4));
    }

    @Test
    void s10_theLeaseMustBeLiveAndTheSame() {
        assertThat(refusal(answer(), facts(running(), null, TURN))).isEqualTo(new CommitResult.LeaseLost("released"));
        assertThat(refusal(answer(), facts(running(), LIVE.until(NOON), TURN)))
                .isEqualTo(new CommitResult.LeaseLost("expired"));
        assertThat(refusal(answer(), facts(running(), lease(Facts.BOB, 4, NOON.plusSeconds(9)), TURN)))
                .isEqualTo(new CommitResult.LeaseLost("superseded"));
    }

    @Test
    void t06_onlyTheOpenTurnIsCommitted() {
        assertThat(refusal(answer(), facts(null, LIVE, null)))
                .isEqualTo(new CommitResult.LeaseLost("turn is not open"));
        assertThat(refusal(answer(), facts(running(), LIVE, new TurnId("t-2"))))
                .isEqualTo(new CommitResult.LeaseLost("turn is not open"));
    }

    @Test
    void t08_aCancelledTurnIsCommittedAsCancelledOnly() {
        var facts = facts(cancelled(running()), LIVE, TURN);
        assertThat(refusal(answer(), facts)).isEqualTo(new CommitResult.CancelledBefore("alice", "stop"));
        assertThat(refusal(commit(new TurnOutcome.Cancelled(TURN, "", "alice", "stop"), 5), facts))
                .isNull();
    }

    @Test
    void s07_theRevisionMustBeTheExpectedOne() {
        Commit stale = commit(new TurnOutcome.Answered(TURN, "Hi", Usage.NONE), 4);
        assertThat(refusal(stale, facts(running(), LIVE, TURN))).isEqualTo(new CommitResult.Conflict(4, 5));
    }

    @Test
    void q12_everySettledInputMustBeClaimedUnderThisLease() {
        var facts = facts(running(), LIVE, TURN);
        assertThat(CommitPlan.claimLost(answer(), facts)).isNull();
        var foreign = new CommitPlan.Facts(facts.session(), running(), LIVE, Map.of(1L, claimed(2)), NOON);
        assertThat(CommitPlan.claimLost(answer(), foreign)).isEqualTo(new CommitResult.ClaimLost(1));
        var missing = new CommitPlan.Facts(facts.session(), running(), LIVE, Map.of(), NOON);
        assertThat(CommitPlan.claimLost(answer(), missing)).isEqualTo(new CommitResult.ClaimLost(1));
    }

    @Test
    void s12_theIntentIsSixtyFourHexDigitsThatNeverChange() {
        // sha256 of {"attachments":[],"dead":false,"history":{"entries":[]},"inputs":["1"],"outcome":"answered",
        // "sends":[],"session":"s","turn":"t-1","usage":[]}; a change of it makes stored receipts worthless
        assertThat(CommitPlan.intent(answer(), List.of()))
                .isEqualTo("0239672efb7750c5d976e625a5ff53271275268dc408958dac376205340e6838");
    }
}
