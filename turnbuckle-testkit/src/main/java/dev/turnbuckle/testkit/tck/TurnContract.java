package dev.turnbuckle.testkit.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.session.CancelResult;
import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.Decision.Answer;
import dev.turnbuckle.session.Decision.Verdict;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.MoveResult;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.PageRequest;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.TurnSummary;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Component;
import dev.turnbuckle.store.Inbox.Accepted;
import dev.turnbuckle.store.Move;
import dev.turnbuckle.store.TurnRow;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.store.Turns.EmptyReason;
import dev.turnbuckle.store.Turns.Start;
import dev.turnbuckle.store.Turns.Started;
import dev.turnbuckle.store.Turns.Suspension;
import dev.turnbuckle.store.WaitRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** T1, T2, T5, T6, T8 and T12, as far as they are about the turn's row. */
public abstract class TurnContract extends StorageContract {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final TurnId T1 = new TurnId("t-1");

    private Started started() {
        return acceptAndStart("s", "t-1", "Hello");
    }

    private TurnRow row() {
        return storage.turns().find("s", T1).orElseThrow();
    }

    private List<String> due() {
        return storage.inbox().due(Set.of(AGENT), 10);
    }

    private CancelResult cancel(String turn) {
        return storage.turns().cancel("s", new TurnId(turn), "alice", "pressed stop");
    }

    private Started suspended(WaitRow... waits) {
        Started started = started();
        assertThat(storage.turns().suspend(Waits.suspension(started, waits))).isEqualTo(new Suspension.Suspended());
        return started;
    }

    private Decision resolve(WaitRow wait) {
        return storage.journal()
                .resolve(wait.open().id(), Answer.of(Verdict.APPROVED), "bob")
                .orElseThrow();
    }

    private static WaitRow wait(String id) {
        return wait(id, null);
    }

    private static WaitRow wait(String id, @Nullable Instant deadline) {
        var open = new OpenWait(
                new WaitId(id),
                "s",
                T1,
                OpenWait.Kind.APPROVAL,
                "May it run?",
                "{}",
                ManualClock.BEGINNING,
                deadline,
                null);
        return new WaitRow(open, "model/1/tool/0/approval/" + id, null);
    }

    // ---- T1, T2

    @Test
    void t01_theTurnsIdIsFixedWhenItsInputIsAccepted() {
        InboxItem row = accept("s", "t-1", "Hello");
        assertThat(row.turn()).isEqualTo(T1);
        reopen();
        Started started = start("s");
        assertThat(started.turn().id()).isEqualTo(T1);
        assertThat(started.inputs()).extracting(InboxItem::turn).containsExactly(T1);
    }

    @Test
    void t01_oneUserInputOpensOneTurn() {
        accept("s", "t-1", "one");
        accept("s", "t-2", "two");
        Started first = start("s");
        assertThat(first.inputs()).hasSize(1);
        committed(CommitDraft.of(first).says("one", "1"));
        assertThat(start("s").turn().id()).isEqualTo(new TurnId("t-2"));
    }

    @Test
    void t02_theRowIsWrittenWithTheFirstClaim() {
        turn("s", "t-0", "Before", "Yes");
        accept("s", "t-1", "Hello");
        assertThat(storage.turns().find("s", T1)).isEmpty();
        tick(Duration.ofSeconds(5));
        Started started = start("s");
        assertThat(row()).isEqualTo(started.turn());
        assertThat(row())
                .isEqualTo(new TurnRow(
                        "s",
                        T1,
                        "agent",
                        1,
                        "Hello",
                        TurnSummary.State.RUNNING,
                        TurnRow.Gate.OPEN,
                        1,
                        new TurnRow.Times(ManualClock.BEGINNING.plusSeconds(5), Duration.ZERO, null, null),
                        null,
                        null));
        assertThat(started.session().openTurn()).isEqualTo(T1);
        assertThat(started.journal()).isEmpty();
        assertThat(started.waits()).isEmpty();
    }

    @Test
    void t02_turnsAreListedNewestFirstPageByPage() {
        for (int i = 1; i <= 5; i++) {
            turn("s", "t-" + i, "Question " + i, "Answer");
        }
        turn("s2", "x-1", "Other", "Answer");
        var first = storage.turns().list("s", PageRequest.first(2));
        var second = storage.turns().list("s", PageRequest.first(2).after(String.valueOf(first.next())));
        var third = storage.turns().list("s", PageRequest.first(2).after(String.valueOf(second.next())));
        assertThat(first.items()).extracting(TurnRow::userText).containsExactly("Question 5", "Question 4");
        assertThat(second.items()).extracting(TurnRow::userText).containsExactly("Question 3", "Question 2");
        assertThat(third.items()).extracting(TurnRow::userText).containsExactly("Question 1");
        assertThat(third.next()).isNull();
    }

    // ---- T5

    @Test
    void t05_aSuspendedTurnHoldsNoLeaseAndItsRowsAreNotClaimable() {
        Started started = suspended(wait("w-1"));
        assertThat(row().state()).isEqualTo(TurnSummary.State.SUSPENDED);
        assertThat(row().times().driven()).isEqualTo(Duration.ofSeconds(3));
        assertThat(storage.leases().inspect(scope("s")).orElseThrow().isReleased())
                .isTrue();
        assertThat(stateOf(started.inputs().getFirst())).isEqualTo(InboxItem.State.CLAIMED);
        assertThat(due()).isEmpty();
        assertThat(storage.inbox().untilDue(Set.of(AGENT))).isEmpty();
        assertThat(tryStart("s")).isEqualTo(new Start.Empty(EmptyReason.TURN_WAITS, null));
        tick(Duration.ofDays(300));
        assertThat(due()).isEmpty();
    }

    @Test
    void t05_aResolutionMakesTheTurnReadyForAnyNode() {
        WaitRow wait = wait("w-1");
        Started first = suspended(wait);
        tick(Duration.ofDays(3));
        resolve(wait);
        reopen();
        assertThat(due()).containsExactly("s");
        Started second = start("s");
        assertThat(second.turn().id()).isEqualTo(T1);
        assertThat(second.turn().state()).isEqualTo(TurnSummary.State.RUNNING);
        assertThat(second.turn().attempts()).as("waiting is no failed attempt").isEqualTo(1);
        assertThat(second.turn().times().driven()).isEqualTo(Waits.DRIVEN);
        assertThat(second.inputs())
                .extracting(InboxItem::sequence)
                .containsExactly(first.inputs().getFirst().sequence());
        assertThat(second.waits()).hasSize(1);
        assertThat(String.valueOf(second.waits().getFirst().decision())).contains("APPROVED", "bob");
        assertThat(second.displaced()).isNull();
    }

    @Test
    void t05_suspendingRecordsWhatTheTurnDidSoFar() {
        Started first = started();
        var entries = List.of(Entries.done("model/1", "{\"a\":1}"));
        WaitRow wait = wait("w-1");
        storage.turns().suspend(Waits.suspension(first, entries, wait));
        resolve(wait);
        assertThat(start("s").journal()).isEqualTo(entries);
    }

    @Test
    void t05_suspendingIsRefusedIfAnAwaitedWaitWasResolvedMeanwhile() {
        WaitRow one = wait("w-1");
        WaitRow two = wait("w-2");
        suspended(one, two);
        resolve(one);
        Started again = start("s");
        resolve(two);
        Suspension refused = changingNothing(() ->
                storage.turns().suspend(Waits.suspension(again, List.of(Entries.done("model/1", "{}")), two)));
        assertThat(refused).isEqualTo(new Suspension.Ready());
        assertThat(row().state()).isEqualTo(TurnSummary.State.RUNNING);
    }

    @Test
    void t05_aTurnMaySuspendAgainForWhatIsStillOpen() {
        WaitRow one = wait("w-1");
        WaitRow two = wait("w-2");
        suspended(one, two);
        resolve(one);
        Started again = start("s");
        assertThat(storage.turns().suspend(Waits.suspension(again, two))).isEqualTo(new Suspension.Suspended());
        assertThat(row().times().driven()).isEqualTo(Duration.ofSeconds(6));
        assertThat(due()).isEmpty();
        resolve(two);
        assertThat(due()).containsExactly("s");
    }

    @Test
    void t05_aDeadlineMakesTheTurnReady() {
        suspended(wait("w-1", ManualClock.BEGINNING.plus(HOUR)), wait("w-2"));
        assertThat(storage.inbox().untilDue(Set.of(AGENT))).contains(HOUR);
        assertThat(tryStart("s")).isEqualTo(new Start.Empty(EmptyReason.TURN_WAITS, ManualClock.BEGINNING.plus(HOUR)));
        tick(HOUR);
        assertThat(due()).containsExactly("s");
        assertThat(start("s").turn().id()).isEqualTo(T1);
    }

    @Test
    void t05_aCancelMakesTheTurnReady() {
        suspended(wait("w-1"));
        assertThat(cancel("t-1")).isEqualTo(CancelResult.REQUESTED);
        assertThat(due()).containsExactly("s");
        assertThat(start("s").turn().gate())
                .isEqualTo(new TurnRow.Gate(TurnRow.Gate.State.CANCELLED, "alice", "pressed stop"));
    }

    @Test
    void t05_suspendingIsRefusedIfTheTurnWasCancelledMeanwhile() {
        Started started = started();
        cancel("t-1");
        assertThat(changingNothing(() -> storage.turns().suspend(Waits.suspension(started, wait("w-1")))))
                .isEqualTo(new Suspension.Ready());
    }

    @Test
    void t05_suspendingNeedsTheLease() {
        Started started = started();
        tick(TTL);
        assertThat(changingNothing(() -> storage.turns().suspend(Waits.suspension(started, wait("w-1")))))
                .isEqualTo(new Suspension.LeaseLost("expired"));
    }

    @Test
    void t05_aTurnThatEndsWithoutAnAnswerWaitsForNothingAnyMore() {
        WaitRow wait = wait("w-1");
        suspended(wait);
        cancel("t-1");
        committed(CommitDraft.of(start("s")).outcome(new TurnOutcome.Cancelled(T1, "", "alice", "pressed stop")));
        assertThat(verdictOf(wait)).isEqualTo(Verdict.CANCELLED);
        assertThat(storage.journal().openWaits(Optional.empty(), 10)).isEmpty();
        assertThat(resolve(wait).first()).isFalse();
        assertThat(due()).isEmpty();
    }

    // ---- T6

    @Test
    void t06_whileATurnIsOpenNoOtherStartsAndAcceptingNamesIt() {
        WaitRow wait = wait("w-1");
        suspended(wait);
        var accepted = (Accepted.Row)
                storage.inbox().accept(InputDraft.of("s", "t-2", "And?").input());
        assertThat(accepted.open()).isEqualTo(T1);
        assertThat(accepted.existing()).isFalse();
        assertThat(due()).isEmpty();
        assertThat(tryStart("s")).isEqualTo(new Start.Empty(EmptyReason.TURN_WAITS, null));
        resolve(wait);
        Started again = start("s");
        assertThat(again.turn().id()).isEqualTo(T1);
        committed(CommitDraft.of(again).says("Hello", "Hi"));
        assertThat(due()).containsExactly("s");
        assertThat(start("s").turn().id()).isEqualTo(new TurnId("t-2"));
    }

    @Test
    void t06_aRunningTurnWhoseDriverDiedIsDueWhenItsLeaseExpires() {
        started();
        assertThat(due()).isEmpty();
        assertThat(storage.inbox().untilDue(Set.of(AGENT))).contains(TTL);
        tick(TTL);
        assertThat(due()).containsExactly("s");
        assertThat(start("s").turn().id()).isEqualTo(T1);
    }

    @Test
    void t06_renewingKeepsTheTurnFromBeingDue() {
        Started started = started();
        tick(Duration.ofSeconds(20));
        storage.leases().renew(List.of(started.lease()), TTL);
        tick(Duration.ofSeconds(20));
        assertThat(due()).isEmpty();
        assertThat(tryStart("s")).isInstanceOf(Start.Busy.class);
        tick(Duration.ofSeconds(10));
        assertThat(due()).containsExactly("s");
    }

    @Test
    void t06_anInputThatSupersedesAnswersTheWaitsOfTheOpenTurn() {
        WaitRow one = wait("w-1");
        WaitRow two = wait("w-2");
        suspended(one, two);
        resolve(one);
        accept("s", "t-2", "does not supersede");
        assertThat(storage.journal().findWait(two.open().id()).orElseThrow().decision())
                .isNull();
        InboxItem row = accept(InputDraft.of("s", "t-3", "does").superseding());
        assertThat(verdictOf(one)).isEqualTo(Verdict.APPROVED);
        assertThat(verdictOf(two)).isEqualTo(Verdict.SUPERSEDED);
        assertThat(due()).containsExactly("s");
        Started again = start("s");
        assertThat(again.turn().id()).isEqualTo(T1);
        assertThat(stateOf(row)).isEqualTo(InboxItem.State.PENDING);
    }

    private Verdict verdictOf(WaitRow wait) {
        WaitRow stored = storage.journal().findWait(wait.open().id()).orElseThrow();
        return Objects.requireNonNull(stored.decision()).answer().verdict();
    }

    @Test
    void t06_theSameStartRepeatedByItsClaimantIsTheSameTurn() {
        accept("s", "t-1", "Hello");
        var request = new Turns.StartRequest("s", claimant(), TTL, Set.of(AGENT));
        Started first = ((Start.Go) storage.turns().start(request)).started();
        Started again = ((Start.Go) storage.turns().start(request)).started();
        assertThat(again.turn().id()).isEqualTo(first.turn().id());
        assertThat(again.lease().generation()).isEqualTo(first.lease().generation());
        assertThat(again.inputs())
                .extracting(InboxItem::sequence)
                .containsExactly(first.inputs().getFirst().sequence());
    }

    // ---- T8

    @Test
    void t08_cancellingARunningTurnSetsItsGateOnce() {
        started();
        assertThat(cancel("t-1")).isEqualTo(CancelResult.REQUESTED);
        assertThat(row().gate()).isEqualTo(new TurnRow.Gate(TurnRow.Gate.State.CANCELLED, "alice", "pressed stop"));
        assertThat(changingNothing(() -> storage.turns().cancel("s", T1, "bob", "me too")))
                .isEqualTo(CancelResult.ALREADY_REQUESTED);
    }

    @Test
    void t08_aGateSetBeforeTheCommitWins() {
        Started started = started();
        cancel("t-1");
        assertThat(changingNothing(() -> commit(CommitDraft.of(started).says("Hello", "Hi"))))
                .isEqualTo(new CommitResult.CancelledBefore("alice", "pressed stop"));
        var cancelled = new TurnOutcome.Cancelled(T1, "", "alice", "pressed stop");
        assertThat(committed(CommitDraft.of(started).says("Hello").outcome(cancelled))
                        .revision())
                .isEqualTo(1);
        assertThat(row().gate().state()).isEqualTo(TurnRow.Gate.State.CANCELLED);
        assertThat(changingNothing(() -> cancel("t-1"))).isEqualTo(CancelResult.ALREADY_REQUESTED);
    }

    @Test
    void t08_aCommitBeforeTheCancelWins() {
        Started started = started();
        committed(CommitDraft.of(started).says("Hello", "Hi"));
        assertThat(changingNothing(() -> cancel("t-1"))).isEqualTo(CancelResult.COMPLETION_WON);
        assertThat(row().gate().state()).isEqualTo(TurnRow.Gate.State.SEALED);
    }

    @Test
    void t08_ofACancelAndACommitAtOnceExactlyOneWins() throws InterruptedException {
        for (int round = 0; round < 20; round++) {
            String turn = "t-race-" + round;
            Started started = acceptAndStart("s", turn, "Hello");
            Callable<Object> committing = () -> commit(CommitDraft.of(started).says("Hello", "Hi"));
            Callable<Object> cancelling = () -> cancel(turn);
            List<Object> results = atOnce(List.of(committing, cancelling));
            boolean cancelWon = results.get(1) == CancelResult.REQUESTED;
            assertThat(results.get(0))
                    .isInstanceOf(cancelWon ? CommitResult.CancelledBefore.class : CommitResult.Committed.class);
            if (cancelWon) {
                committed(CommitDraft.of(started)
                        .outcome(new TurnOutcome.Cancelled(new TurnId(turn), "", "alice", "pressed stop")));
            } else {
                assertThat(results.get(1)).isEqualTo(CancelResult.COMPLETION_WON);
            }
        }
    }

    @Test
    void t08_aTurnThatNobodyKnowsIsUnknown() {
        accept("s", "t-1", "Hello");
        assertThat(changingNothing(() -> cancel("t-2"))).isEqualTo(CancelResult.UNKNOWN_TURN);
        assertThat(changingNothing(() -> storage.turns().cancel("never", T1, "alice", "stop")))
                .isEqualTo(CancelResult.UNKNOWN_TURN);
    }

    @Test
    void t08_cancellingAnUnclaimedInputCancelsTheRow() {
        InboxItem row = accept("s", "t-1", "Hello");
        assertThat(cancel("t-1")).isEqualTo(CancelResult.REQUESTED);
        assertThat(stateOf(row)).isEqualTo(InboxItem.State.CANCELLED);
        assertThat(String.valueOf(inbox(row).status().error())).contains("alice", "pressed stop");
        assertThat(due()).isEmpty();
        assertThat(changingNothing(() -> cancel("t-1"))).isEqualTo(CancelResult.ALREADY_REQUESTED);
    }

    @Test
    void t08_cancellingAnInputThatJoinedATurnCancelsThatTurn() {
        Started started = started();
        accept(InputDraft.of("s", "t-2", "Steer").steer());
        storage.inbox().claimSteers(started.lease(), T1, 1);
        assertThat(cancel("t-2")).isEqualTo(CancelResult.REQUESTED);
        assertThat(row().gate().cancelled()).isTrue();
    }

    @Test
    void t08_anInputThatWasCancelledAfterItJoinedNeverWaitsAgain() {
        Started started = started();
        InboxItem named = accept(InputDraft.of("s", "t-2", "Steer").steer());
        InboxItem other = accept(InputDraft.of("s", "t-3", "Steer too").steer());
        storage.inbox().claimSteers(started.lease(), T1, 1);
        cancel("t-2");
        var cancelled = new TurnOutcome.Cancelled(T1, "", "alice", "pressed stop");
        committed(CommitDraft.of(started).says("Hello").outcome(cancelled));
        assertThat(stateOf(named)).isEqualTo(InboxItem.State.CANCELLED);
        assertThat(String.valueOf(inbox(named).status().error())).contains("alice", "pressed stop");
        assertThat(stateOf(other)).isEqualTo(InboxItem.State.PENDING);
        assertThat(changingNothing(() -> cancel("t-2"))).isEqualTo(CancelResult.ALREADY_REQUESTED);
        assertThat(start("s").turn().id()).isEqualTo(new TurnId("t-3"));
    }

    @Test
    void t08_cancellingAnInputTwiceSaysSoAlsoWhenTheTurnThatTookItHasEnded() {
        Started started = started();
        InboxItem joined = accept(InputDraft.of("s", "t-2", "Steer").steer());
        storage.inbox().claimSteers(started.lease(), T1, 1);
        cancel("t-2");
        assertThat(changingNothing(() -> cancel("t-2"))).isEqualTo(CancelResult.ALREADY_REQUESTED);
        var cancelled = new TurnOutcome.Cancelled(T1, "", "alice", "pressed stop");
        committed(CommitDraft.of(started)
                .says("Hello", "Steer")
                .settling(started.inputs().getFirst().sequence(), joined.sequence())
                .outcome(cancelled));
        assertThat(changingNothing(() -> cancel("t-2"))).isEqualTo(CancelResult.ALREADY_REQUESTED);
    }

    @Test
    void t08_anInputThatATurnTookBeforeTheCancelIsDone() {
        Started started = started();
        InboxItem joined = accept(InputDraft.of("s", "t-2", "Steer").steer());
        storage.inbox().claimSteers(started.lease(), T1, 1);
        committed(CommitDraft.of(started)
                .says("Hello", "Hi")
                .settling(started.inputs().getFirst().sequence(), joined.sequence()));
        assertThat(changingNothing(() -> cancel("t-2"))).isEqualTo(CancelResult.COMPLETION_WON);
    }

    @Test
    void t08_anOwnerlessTurnThatIsCancelledIsReadyAtOnce() {
        Started started = started();
        storage.turns().abandon(started.lease(), T1, failed("failed", HOUR));
        assertThat(due()).isEmpty();
        cancel("t-1");
        assertThat(due()).containsExactly("s");
        assertThat(start("s").turn().gate().cancelled()).isTrue();
    }

    @Test
    void t08_whoRunsItSeesTheGateWithItsNextRecordAndByAsking() {
        Started started = started();
        var asked = List.of(new Turns.TurnRef("s", T1), new Turns.TurnRef("s", new TurnId("t-9")));
        assertThat(storage.turns().cancelled(asked)).isEmpty();
        cancel("t-1");
        assertThat(storage.turns().cancelled(asked)).containsExactly(new Turns.TurnRef("s", T1));
        var recorded = (dev.turnbuckle.store.Journal.RecordResult.Recorded)
                storage.journal().record(started.lease(), T1, List.of(Entries.done("model/1", "{}")), List.of());
        assertThat(recorded.cancelRequested()).isTrue();
    }

    // ---- T12

    @Test
    void t12_afterAFailureTheTurnStaysForTheNextDriverAfterAPause() {
        Started first = started();
        assertThat(storage.turns().abandon(first.lease(), T1, failed("storage away", Duration.ofMinutes(1))))
                .isTrue();
        assertThat(row().state()).isEqualTo(TurnSummary.State.RUNNING);
        assertThat(row().lastError()).isEqualTo("storage away");
        assertThat(storage.leases().inspect(scope("s")).orElseThrow().isReleased())
                .isTrue();
        Instant again = ManualClock.BEGINNING.plusSeconds(60);
        assertThat(storage.inbox().untilDue(Set.of(AGENT))).contains(Duration.ofMinutes(1));
        assertThat(tryStart("s")).isEqualTo(new Start.Empty(EmptyReason.NOT_YET, again));
        tick(Duration.ofMinutes(1));
        Started second = start("s");
        assertThat(second.turn().id()).isEqualTo(T1);
        assertThat(second.turn().attempts()).isEqualTo(2);
        assertThat(second.turn().lastError()).isEqualTo("storage away");
    }

    @Test
    void t12_aDrainDoesNotCount() {
        for (int i = 0; i < 3; i++) {
            Started started = i == 0 ? started() : start("s");
            assertThat(started.turn().attempts()).isEqualTo(1);
            storage.turns().abandon(started.lease(), T1, Turns.Handback.drained(Duration.ZERO));
        }
    }

    // ---- T1, merging

    private Started startMerging() {
        var request = new Turns.StartRequest("s", claimant(), TTL, Set.of(AGENT), Set.of(AGENT));
        return ((Turns.Start.Go) storage.turns().start(request)).started();
    }

    @Test
    void t01_inputsOfAnAgentThatMergesBecomeOneTurnAndNameIt() {
        InboxItem first = accept("s", "t-1", "Hello");
        InboxItem second = accept("s", "t-2", "Are you there?");
        InboxItem later = accept(InputDraft.of("s", "t-3", "Tomorrow").after(Duration.ofDays(1)));
        InboxItem behind = accept("s", "t-4", "Behind");
        Started started = startMerging();
        assertThat(started.turn().id()).isEqualTo(T1);
        assertThat(started.inputs())
                .extracting(InboxItem::sequence)
                .containsExactly(first.sequence(), second.sequence());
        assertThat(inbox(second).status().turn()).isEqualTo(T1);
        assertThat(stateOf(later)).isEqualTo(InboxItem.State.PENDING);
        assertThat(stateOf(behind)).as("order is kept").isEqualTo(InboxItem.State.PENDING);
        committed(CommitDraft.of(started).says("Hello", "Hi"));
        assertThat(stateOf(second)).isEqualTo(InboxItem.State.APPLIED);
    }

    @Test
    void t01_inputsThatDifferInMoreThanTheirWordsStayAlone() {
        accept("s", "t-1", "Hello");
        accept(InputDraft.of("s", "t-2", "For another tenant").context(Map.of("tenant", "acme")));
        assertThat(startMerging().inputs()).hasSize(1);
        accept("s2", "t-3", "Hello");
        accept(InputDraft.of("s2", "t-4", "A timer").kind(InboxItem.Kind.WORK));
        var request = new Turns.StartRequest("s2", claimant(), TTL, Set.of(AGENT), Set.of(AGENT));
        assertThat(((Turns.Start.Go) storage.turns().start(request)).started().inputs())
                .hasSize(1);
    }

    @Test
    void t01_aReDrivenTurnHasTheInputsThatItMerged() {
        accept("s", "t-1", "Hello");
        accept("s", "t-2", "Are you there?");
        Started first = startMerging();
        storage.turns().abandon(first.lease(), T1, failed("a failure", Duration.ZERO));
        accept("s", "t-3", "Too late");
        assertThat(startMerging().inputs()).extracting(i -> i.turn().value()).containsExactly("t-1", "t-2");
    }

    // ---- T7

    private Move.Done move(String session, Commit.History history, boolean clear) {
        return storage.sessions().move(new Move(session, AGENT, new TurnId("m-1"), claimant(), history, clear));
    }

    @Test
    void t07_theHeadMovesOutsideATurnUnderALeaseOfItsOwn() {
        turn("s", "t-1", "Hello", "Hi");
        var done = move("s", Commit.History.append(List.of(Message.user("Bye"), assistant("Goodbye"))), false);
        assertThat(done.result()).isEqualTo(new MoveResult.Moved(2));
        assertThat(texts("s")).containsExactly("Hello", "Hi", "Bye", "Goodbye");
        assertThat(storage.leases().inspect(scope("s")).orElseThrow().isReleased())
                .isTrue();
        assertThat(turn("s", "t-2", "Again", "Yes").revision()).isEqualTo(3);
    }

    @Test
    void t07_startingOverIsANewRootBranch() {
        turn("s", "t-1", "Hello", "Hi");
        Started before = acceptAndStart("s", "t-2", "Remember");
        committed(CommitDraft.of(before)
                .says("Remember", "Done")
                .components(Map.of("a", Component.changed(1, "w", Blob.of("1")))));
        assertThat(move("s", new Commit.History(Commit.Position.ROOT, List.of(), null), true)
                        .result())
                .isEqualTo(new MoveResult.Moved(3));
        assertThat(texts("s")).isEmpty();
        assertThat(storage.sessions().components("s")).isEmpty();
        turn("s", "t-3", "New", "Start");
        assertThat(texts("s")).containsExactly("New", "Start");
    }

    @Test
    void t07_anOpenTurnIsNamedAndNothingMoves() {
        Started started = acceptAndStart("s", "t-1", "Hello");
        var history = Commit.History.append(List.of(Message.user("Between")));
        assertThat(changingNothing(() -> move("s", history, false)).result()).isEqualTo(new MoveResult.TurnOpen(T1));
        storage.turns().suspend(Waits.suspension(started, Waits.approval(started, "w-1")));
        assertThat(changingNothing(() -> move("s", history, false)).result()).isEqualTo(new MoveResult.TurnOpen(T1));
    }

    @Test
    void t07_aLeaseThatIsHeldIsNamedAndNothingMoves() {
        turn("s", "t-1", "Hello", "Hi");
        var by = claimant();
        storage.leases().acquire(scope("s"), by, TTL);
        var history = Commit.History.append(List.of(Message.user("Between")));
        assertThat(changingNothing(() -> move("s", history, false)).result())
                .isInstanceOfSatisfying(
                        MoveResult.Busy.class, busy -> assertThat(busy.worker()).isEqualTo(by.worker()));
    }
}
