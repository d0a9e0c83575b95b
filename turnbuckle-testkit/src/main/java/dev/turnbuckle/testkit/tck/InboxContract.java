package dev.turnbuckle.testkit.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.InboxItem.Kind;
import dev.turnbuckle.session.InboxItem.State;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Inbox.Accepted;
import dev.turnbuckle.store.Inbox.CancelAnswer;
import dev.turnbuckle.store.Inbox.DeadAnswer;
import dev.turnbuckle.store.Inbox.NewInput;
import dev.turnbuckle.store.Inbox.Ref;
import dev.turnbuckle.store.Inbox.Share;
import dev.turnbuckle.store.Inbox.Steers;
import dev.turnbuckle.store.Journal.RecordResult;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.store.Turns.EmptyReason;
import dev.turnbuckle.store.Turns.Start;
import dev.turnbuckle.store.Turns.Started;
import dev.turnbuckle.store.plan.RowStorage.Limits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Q1 to Q6 and Q8 to Q17: what enters a session, and who takes it. */
public abstract class InboxContract extends StorageContract {
    private static final Duration HOUR = Duration.ofHours(1);

    private InputDraft draft(String turn, String text) {
        return InputDraft.of("s", turn, text);
    }

    private InboxItem accept(String turn, String text) {
        return accept(draft(turn, text));
    }

    private Accepted answer(InputDraft draft) {
        return storage.inbox().accept(draft.input());
    }

    private List<InboxItem> steers(Started started, int point) {
        return steers(started.lease(), started, point);
    }

    private List<InboxItem> steers(Lease lease, Started started, int point) {
        return ((Steers.Claimed)
                        storage.inbox().claimSteers(lease, started.turn().id(), point))
                .items();
    }

    private static List<String> textsOf(List<InboxItem> rows) {
        return rows.stream().map(StorageContract::textOf).toList();
    }

    private List<String> due() {
        return storage.inbox().due(Set.of(AGENT), 100);
    }

    private CancelAnswer cancel(Ref ref) {
        return storage.inbox().cancel("s", List.of(ref)).getFirst();
    }

    private static Ref ref(InboxItem row) {
        return new Ref.Sequence(row.sequence());
    }

    // ---- Q1

    @Test
    void q01_everythingThatEntersIsOneRowInTheStoresOrder() {
        InboxItem user = accept(draft("t-1", "a user's")
                .context(Map.of("tenant", "acme", "user", "ann"))
                .trace("00-trace-01"));
        InboxItem work = accept(draft("t-2", "a wake").kind(Kind.WORK));
        InboxItem command = accept(draft("t-3", "a command").kind(Kind.COMMAND));
        assertThat(user.sequence()).isLessThan(work.sequence());
        assertThat(work.sequence()).isLessThan(command.sequence());
        reopen();
        List<InboxItem> rows = storage.inbox().list("s", Set.of(State.PENDING));
        assertThat(rows).containsExactly(user, work, command);
        assertThat(rows.getFirst().context()).isEqualTo(Map.of("tenant", "acme", "user", "ann"));
        assertThat(rows.getFirst().trace()).isEqualTo("00-trace-01");
        assertThat(rows.getFirst().acceptedAt()).isEqualTo("2026-01-01T00:00:00Z");
    }

    // ---- Q2

    @Test
    void q02_anAcceptedInputSurvivesReopening() {
        InboxItem row = accept("t-1", "Hello");
        reopen();
        assertThat(storage.inbox().find("s", ref(row))).contains(row);
        assertThat(start("s").inputs()).hasSize(1);
    }

    @Test
    void q02_theSameKeyAndContentGivesTheExistingRowWhateverBecameOfIt() {
        InboxItem first = accept(draft("t-1", "Hello").key("k"));
        assertThat(changingNothing(() -> answer(draft("t-9", "Hello").key("k"))))
                .isEqualTo(new Accepted.Row(first, true, null));
        Started started = start("s");
        assertThat(changingNothing(() -> answer(draft("t-9", "Hello").key("k"))))
                .isEqualTo(new Accepted.Row(started.inputs().getFirst(), true, new TurnId("t-1")));
        committed(CommitDraft.of(started).says("Hello", "Hi"));
        var again = (Accepted.Row)
                changingNothing(() -> answer(draft("t-9", "Hello").key("k")));
        assertThat(again.existing()).isTrue();
        assertThat(again.item().turn().value()).isEqualTo("t-1");
        assertThat(again.item().status().state()).isEqualTo(State.APPLIED);
    }

    @Test
    void q02_theSameKeyWithOtherContentIsAConflictThatNamesBoth() {
        InboxItem first = accept(draft("t-1", "Hello").key("k"));
        for (InputDraft other : List.of(
                draft("t-2", "Goodbye").key("k"),
                draft("t-2", "Hello").kind(Kind.WORK).key("k"),
                draft("t-2", "Hello").key("k").context(Map.of("tenant", "acme")))) {
            assertThat(changingNothing(() -> answer(other)))
                    .isInstanceOfSatisfying(Accepted.KeyConflict.class, conflict -> {
                        assertThat(conflict.existing()).isEqualTo(first);
                        assertThat(conflict.existingHash()).matches("[0-9a-f]{64}");
                        assertThat(conflict.offeredHash())
                                .matches("[0-9a-f]{64}")
                                .isNotEqualTo(conflict.existingHash());
                    });
        }
    }

    @Test
    void q02_keysBelongToTheirSessionAndWithoutOneEachCallIsNew() {
        accept(draft("t-1", "Hello").key("k"));
        assertThat(accept(InputDraft.of("s2", "t-2", "Other").key("k")).sequence())
                .isPositive();
        InboxItem one = accept("t-3", "Again");
        InboxItem two = accept("t-4", "Again");
        assertThat(two.sequence()).isGreaterThan(one.sequence());
    }

    @Test
    void q02_theSameKeyFromManyThreadsIsAcceptedOnce() throws InterruptedException {
        var calls = new ArrayList<Callable<Accepted>>();
        for (int i = 0; i < 8; i++) {
            InputDraft draft = draft("t-" + i, "Hello").key("k");
            calls.add(() -> answer(draft));
        }
        List<Accepted> answers = atOnce(calls);
        assertThat(answers)
                .filteredOn(a -> a instanceof Accepted.Row r && !r.existing())
                .hasSize(1);
        assertThat(answers.stream().map(a -> ((Accepted.Row) a).item().turn()).distinct())
                .hasSize(1);
        assertThat(storage.inbox().list("s", Set.of(State.PENDING))).hasSize(1);
    }

    // ---- Q3

    @Test
    void q03_contentBeyondTheLimitIsRefusedWholeWithTheLimit() {
        storage.close();
        storage = opened(Limits.DEFAULT.inputBytes(200));
        changingNothing(() -> assertThatThrownBy(() -> accept("t-1", "x".repeat(200)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("200"));
        accept("t-1", "x".repeat(100));
        changingNothing(() ->
                assertThatThrownBy(() -> accept("t-2", "é".repeat(100))).isInstanceOf(InvalidInputException.class));
    }

    @Test
    void q03_theDefaultLimitIsOneMebibyte() {
        accept("t-1", "x".repeat((1 << 20) - 1_000));
        changingNothing(() -> assertThatThrownBy(() -> accept("t-2", "x".repeat(1 << 20)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("1048576"));
    }

    // ---- Q4

    @Test
    void q04_finishedRowsStayReadableAndListsAreByState() {
        turn("s", "t-1", "applied", "yes");
        Started started = acceptAndStart("s", "t-2", "claimed");
        InboxItem cancelled = accept("t-3", "cancelled");
        accept("t-4", "pending");
        cancel(ref(cancelled));
        for (State state : List.of(State.APPLIED, State.CLAIMED, State.CANCELLED, State.PENDING)) {
            assertThat(textsOf(storage.inbox().list("s", Set.of(state))))
                    .containsExactly(state.name().toLowerCase(java.util.Locale.ROOT));
        }
        committed(CommitDraft.of(started).dead());
        assertThat(textsOf(storage.inbox().list("s", Set.of(State.DEAD)))).containsExactly("claimed");
        assertThat(textsOf(storage.inbox().list("s", Set.of(State.values()))))
                .containsExactly("applied", "claimed", "cancelled", "pending");
    }

    // ---- Q5

    @Test
    void q05_aSteerJoinsTheRunningTurnAtItsNextSafePoint() {
        Started started = acceptAndStart("s", "t-1", "Plan a week");
        InboxItem steer = accept(draft("t-2", "Only trains").steer());
        InboxItem next = accept("t-3", "And then?");
        assertThat(textsOf(steers(started, 1))).containsExactly("Only trains");
        assertThat(inbox(steer).status())
                .isEqualTo(new InboxItem.Status(State.CLAIMED, new TurnId("t-1"), 1, 1, 1, null));
        assertThat(stateOf(next)).isEqualTo(State.PENDING);
        committed(CommitDraft.of(started)
                .says("Plan a week", "Done")
                .settling(started.inputs().getFirst().sequence(), steer.sequence()));
        assertThat(stateOf(steer)).isEqualTo(State.APPLIED);
        assertThat(inbox(steer).status().turn())
                .as("its sender sees which turn")
                .isEqualTo(new TurnId("t-1"));
        assertThat(start("s").turn().id()).isEqualTo(new TurnId("t-3"));
    }

    @Test
    void q05_aSteerOpensTheNextTurnIfTheTurnEndsFirst() {
        Started started = acceptAndStart("s", "t-1", "Plan a week");
        accept(draft("t-2", "Only trains").steer());
        committed(CommitDraft.of(started).says("Plan a week", "Done"));
        Started next = start("s");
        assertThat(next.turn().id()).isEqualTo(new TurnId("t-2"));
        assertThat(textsOf(next.inputs())).containsExactly("Only trains");
    }

    @Test
    void q05_theSamePointGivesTheSameRowsAlsoToTheDriverThatComesAfter() {
        Started started = acceptAndStart("s", "t-1", "Plan a week");
        accept(draft("t-2", "first").steer());
        assertThat(textsOf(steers(started, 1))).containsExactly("first");
        accept(draft("t-3", "second").steer());
        assertThat(textsOf(changingNothing(() -> steers(started, 1)))).containsExactly("first");
        takeOverByStart(started);
        Started again = start("s");
        assertThat(textsOf(again.inputs())).containsExactly("Plan a week", "first");
        assertThat(textsOf(steers(again, 1))).containsExactly("first");
        assertThat(textsOf(steers(again, 2))).containsExactly("second");
        assertThat(textsOf(steers(again, 3))).isEmpty();
    }

    private void takeOverByStart(Started started) {
        tick(Duration.between(clock.now(), started.lease().expiresAt()).plusSeconds(1));
    }

    @Test
    void q05_onlyWhatAUserSteersAndWhatIsAvailableJoins() {
        Started started = acceptAndStart("s", "t-1", "Plan a week");
        accept("t-2", "a next turn");
        accept(draft("t-3", "a wake").kind(Kind.WORK).steer());
        accept(draft("t-4", "a command").kind(Kind.COMMAND).steer());
        accept(draft("t-5", "later").steer().after(HOUR));
        accept(draft("t-6", "now").steer());
        assertThat(textsOf(steers(started, 1))).containsExactly("now");
    }

    @Test
    void q05_aSteerBehindManyWaitingInputsStillJoins() {
        Started started = acceptAndStart("s", "t-1", "Plan a week");
        for (int i = 0; i < 100; i++) {
            accept("next-" + i, "later " + i);
        }
        accept(draft("t-2", "Only trains").steer());
        assertThat(textsOf(steers(started, 1))).containsExactly("Only trains");
    }

    @Test
    void q05_whoRecordsHearsThatASteerWaits() {
        Started started = acceptAndStart("s", "t-1", "Plan a week");
        accept("t-2", "a next turn");
        assertThat(recorded(started, "model/1").steered()).isFalse();
        accept(draft("t-3", "Only trains").steer());
        assertThat(recorded(started, "model/2").steered()).isTrue();
        steers(started, 1);
        assertThat(recorded(started, "model/3").steered()).isFalse();
    }

    private RecordResult.Recorded recorded(Started started, String key) {
        return (RecordResult.Recorded) storage.journal()
                .record(started.lease(), started.turn().id(), List.of(Entries.done(key, "{}")), List.of());
    }

    @Test
    void q05_aCommitThatIsToWaitForSteersIsTheLastSafePoint() {
        Started started = acceptAndStart("s", "t-1", "Plan a week");
        accept("t-2", "a next turn");
        InboxItem steer = accept(draft("t-3", "Only trains").steer());
        CommitDraft draft = CommitDraft.of(started).says("Plan a week", "Done").unlessSteered();
        assertThat(changingNothing(() -> commit(draft))).isEqualTo(new CommitResult.Steered());
        steers(started, 1);
        long opening = started.inputs().getFirst().sequence();
        assertThat(committed(draft.settling(opening, steer.sequence())).revision())
                .isEqualTo(1);
        assertThat(start("s").turn().id()).isEqualTo(new TurnId("t-2"));
    }

    // ---- Q6

    @Test
    void q06_aDelayedRowIsNeverClaimedEarlier() {
        accept(draft("t-1", "in an hour").after(HOUR));
        Instant due = ManualClock.BEGINNING.plus(HOUR);
        assertThat(due()).isEmpty();
        assertThat(storage.inbox().untilDue(Set.of(AGENT))).contains(HOUR);
        assertThat(tryStart("s")).isEqualTo(new Start.Empty(EmptyReason.NOT_YET, due));
        tick(HOUR.minusMillis(1));
        assertThat(due()).isEmpty();
        assertThat(tryStart("s")).isEqualTo(new Start.Empty(EmptyReason.NOT_YET, due));
        tick(Duration.ofMillis(1));
        assertThat(due()).containsExactly("s");
        assertThat(start("s").turn().id()).isEqualTo(new TurnId("t-1"));
    }

    @Test
    void q06_aLaterRowThatIsAvailableSoonerComesFirst() {
        accept(draft("t-1", "in an hour").after(HOUR));
        accept("t-2", "now");
        assertThat(due()).containsExactly("s");
        Started started = start("s");
        assertThat(started.turn().id()).isEqualTo(new TurnId("t-2"));
        committed(CommitDraft.of(started).says("now", "yes"));
        assertThat(due()).isEmpty();
        assertThat(storage.inbox().untilDue(Set.of(AGENT))).contains(HOUR);
    }

    @Test
    void q06_anAvailableRowBehindManyDelayedOnesIsTaken() {
        for (int i = 0; i < 100; i++) {
            accept(draft("later-" + i, "later").after(HOUR));
        }
        accept("t-1", "now");
        assertThat(start("s").turn().id()).isEqualTo(new TurnId("t-1"));
    }

    @Test
    void q06_dueSessionsComeLongestWaitingFirstAndOfTheAskedAgentsOnly() {
        accept(InputDraft.of("a", "t-1", "x").after(Duration.ofSeconds(3)));
        accept(InputDraft.of("b", "t-2", "x").after(Duration.ofSeconds(1)));
        accept(InputDraft.of("c", "t-3", "x").after(Duration.ofSeconds(2)));
        accept(InputDraft.of("d", "t-4", "x").agent("another"));
        tick(Duration.ofSeconds(5));
        assertThat(storage.inbox().due(Set.of(AGENT), 10)).containsExactly("b", "c", "a");
        assertThat(storage.inbox().due(Set.of(AGENT), 2)).containsExactly("b", "c");
        assertThat(storage.inbox().due(Set.of(AGENT, "another"), 10)).containsExactly("d", "b", "c", "a");
        assertThat(storage.inbox().due(Set.of(), 10)).isEmpty();
        assertThat(storage.inbox().due(Set.of(AGENT), Duration.ofSeconds(3), 10))
                .containsExactly("b", "c");
        assertThat(storage.inbox().due(Set.of(AGENT), Duration.ofSeconds(3).plusNanos(1_000), 10))
                .containsExactly("b");
        assertThat(storage.inbox().due(Set.of(AGENT), Duration.ofDays(1), 10)).isEmpty();
    }

    @Test
    void q06_howLongUntilTheNextBecomesDueSaysNothingOfWhatIs() {
        accept("now", "t-1", "x");
        assertThat(storage.inbox().untilDue(Set.of(AGENT))).isEmpty();
        accept(InputDraft.of("later", "t-2", "x").after(HOUR));
        accept(InputDraft.of("soon", "t-3", "x").after(Duration.ofSeconds(2)));
        accept(InputDraft.of("sooner", "t-4", "x").after(Duration.ofSeconds(1)).agent("another"));
        assertThat(storage.inbox().untilDue(Set.of(AGENT))).contains(Duration.ofSeconds(2));
        assertThat(storage.inbox().untilDue(Set.of(AGENT, "another"))).contains(Duration.ofSeconds(1));
        tick(Duration.ofSeconds(2));
        assertThat(storage.inbox().untilDue(Set.of(AGENT, "another"))).contains(HOUR.minusSeconds(2));
        assertThat(storage.inbox().untilDue(Set.of("nobody"))).isEmpty();
        assertThat(storage.inbox().untilDue(Set.of())).isEmpty();
    }

    // ---- Q18

    private void acceptShared(String session, String turn, String share) {
        storage.inbox().accept(InputDraft.of(session, turn, "x").input().sharedAs(share));
        tick(Duration.ofSeconds(1));
    }

    private List<Share> shares(String after, int most, int each) {
        return storage.inbox().dueByShare(Set.of(AGENT), Duration.ZERO, after, most, each);
    }

    @Test
    void q18_whatWaitsIsFoundByShareInTheOrderOfNames() {
        acceptShared("1", "t-1", "b");
        acceptShared("2", "t-2", "b");
        acceptShared("3", "t-3", "b");
        acceptShared("4", "t-4", "a");
        acceptShared("5", "t-5", "c");
        accept("6", "t-6", "of no share");
        storage.inbox()
                .accept(InputDraft.of("7", "t-7", "x").agent("another").input().sharedAs("d"));
        assertThat(shares("", 10, 2))
                .containsExactly(
                        new Share("a", List.of("4")), new Share("b", List.of("1", "2")), new Share("c", List.of("5")));
        assertThat(shares("a", 1, 10)).containsExactly(new Share("b", List.of("1", "2", "3")));
        assertThat(shares("c", 10, 10)).isEmpty();
        assertThat(storage.inbox().dueByShare(Set.of(AGENT, "another"), Duration.ZERO, "b", 10, 10))
                .containsExactly(new Share("c", List.of("5")), new Share("d", List.of("7")));
        assertThat(storage.inbox().dueByShare(Set.of(AGENT), Duration.ofSeconds(3), "", 10, 10))
                .as("for three seconds at least")
                .containsExactly(
                        new Share("a", List.of()), new Share("b", List.of("1", "2", "3")), new Share("c", List.of()));
        assertThat(storage.inbox().dueByShare(Set.of(), Duration.ZERO, "", 10, 10))
                .isEmpty();
    }

    @Test
    void q18_whatIsChosenCanBeStarted() {
        accept("a", "t-1", "x");
        accept("b", "t-2", "x");
        assertThat(storage.inbox().choose(List.of("b", "a"))).containsExactly("b", "a");
        assertThat(storage.inbox().choose(List.of())).isEmpty();
        assertThat(start("a").turn().id()).isEqualTo(new TurnId("t-1"));
        assertThat(start("b").turn().id()).isEqualTo(new TurnId("t-2"));
    }

    @Test
    void q18_aSessionTakesTheShareThatItsLastInputNames() {
        acceptShared("s", "t-1", "a");
        accept("s", "t-2", "names none");
        assertThat(shares("", 10, 10)).containsExactly(new Share("a", List.of("s")));
        acceptShared("s", "t-3", "b");
        acceptShared("s", "t-4", NewInput.OTHERS);
        acceptShared("other", "o-1", NewInput.OTHERS);
        assertThat(shares("", 10, 10)).containsExactly(new Share("-", List.of("other")), new Share("b", List.of("s")));
        storage.sessions().delete("s");
        assertThat(shares("-", 10, 10)).isEmpty();
    }

    @Test
    void q18_aShareOfWhichNothingIsDueYetHasNoSessions() {
        storage.inbox()
                .accept(InputDraft.of("later", "t-1", "x").after(HOUR).input().sharedAs("a"));
        acceptShared("idle", "t-2", "b");
        start("idle");
        assertThat(shares("", 10, 10)).allMatch(s -> s.sessions().isEmpty());
        tick(HOUR);
        assertThat(shares("", 10, 10)).contains(new Share("a", List.of("later")));
    }

    /** Databases compare bytes, Java compares halves of characters: whoever goes from name to name must do it one way. */
    @Test
    void q18_noShareIsPassedOverWhateverItsName() {
        acceptShared("1", "t-1", "\uD83D\uDE00");
        storage.inbox()
                .accept(InputDraft.of("2", "t-2", "x").agent("another").input().sharedAs("\uFFFD"));
        tick(Duration.ofSeconds(1));
        var found = new ArrayList<String>();
        String after = "";
        for (int i = 0; i < 2; i++) {
            List<Share> next = storage.inbox().dueByShare(Set.of(AGENT, "another"), Duration.ZERO, after, 1, 1);
            after = next.isEmpty() ? after : next.getFirst().name();
            next.forEach(s -> found.addAll(s.sessions()));
        }
        assertThat(found).containsExactlyInAnyOrder("1", "2");
    }

    // ---- Q8 to Q10

    @Test
    void q08_aClaimNeedsALiveLeaseAndPinsItsGeneration() {
        Started started = acceptAndStart("s", "t-1", "Hello");
        assertThat(started.inputs().getFirst().status())
                .isEqualTo(new InboxItem.Status(State.CLAIMED, new TurnId("t-1"), 1, 0, 1, null));
        accept(draft("t-2", "Steer").steer());
        takeOver(started.lease());
        assertThat(changingNothing(() -> storage.inbox()
                        .claimSteers(started.lease(), started.turn().id(), 1)))
                .isEqualTo(new Steers.LeaseLost("superseded"));
    }

    @Test
    void q08_aClaimHasNoTimeLimitOfItsOwn() {
        Started started = acceptAndStart("s", "t-1", "Hello");
        Lease lease = started.lease();
        for (int i = 0; i < 100; i++) {
            tick(Duration.ofSeconds(20));
            assertThat(storage.leases().renew(List.of(lease), TTL).getFirst())
                    .isInstanceOf(dev.turnbuckle.store.Leases.Renewal.Renewed.class);
        }
        assertThat(committed(CommitDraft.of(started).says("Hello", "Hi")).revision())
                .isEqualTo(1);
    }

    @Test
    void q09_theOldestIsTakenFirstAndOneAtATime() {
        accept("t-1", "first");
        accept(draft("t-2", "a command").kind(Kind.COMMAND));
        accept(draft("t-3", "a wake").kind(Kind.WORK));
        for (String turn : List.of("t-1", "t-2", "t-3")) {
            Started started = start("s");
            assertThat(started.turn().id().value()).isEqualTo(turn);
            assertThat(started.inputs()).hasSize(1);
            committed(CommitDraft.of(started).says("done"));
        }
        assertThat(tryStart("s")).isEqualTo(new Start.Empty(EmptyReason.NOTHING, null));
    }

    @Test
    void q10_aRedrivenTurnGetsExactlyItsOwnRowsWhateverArrived() {
        Started first = acceptAndStart("s", "t-1", "Hello");
        accept(draft("t-2", "steered").steer());
        steers(first, 1);
        accept("t-3", "arrived since");
        accept(draft("t-4", "steered since").steer());
        tick(TTL);
        Started again = start("s");
        assertThat(again.turn().id()).isEqualTo(new TurnId("t-1"));
        assertThat(textsOf(again.inputs())).containsExactly("Hello", "steered");
        assertThat(again.inputs()).allSatisfy(i -> {
            assertThat(i.status().generation()).isEqualTo(2);
            assertThat(i.status().attempts()).isEqualTo(2);
        });
        assertThat(again.lease().generation()).isEqualTo(2);
    }

    // ---- Q11

    @Test
    void q11_anEmptyClaimSaysWhy() {
        assertThat(tryStart("never")).isEqualTo(new Start.Empty(EmptyReason.NOTHING, null));
        storage.sessions().create("s", AGENT, dev.turnbuckle.session.SessionSummary.Metadata.NONE);
        assertThat(tryStart("s")).isEqualTo(new Start.Empty(EmptyReason.NOTHING, null));
        accept(InputDraft.of("other", "o-1", "x").agent("another"));
        assertThat(tryStart("other")).isEqualTo(new Start.Empty(EmptyReason.UNKNOWN_AGENT, null));
        Started started = acceptAndStart("s", "t-1", "Hello");
        assertThat(tryStart("s")).isEqualTo(new Start.Busy(started.lease()));
        var wait = Waits.approval(started, "wait-1", ManualClock.BEGINNING.plus(HOUR));
        storage.turns().suspend(Waits.suspension(started, wait));
        assertThat(tryStart("s")).isEqualTo(new Start.Empty(EmptyReason.TURN_WAITS, ManualClock.BEGINNING.plus(HOUR)));
        storage.sessions().delete("s");
        assertThat(tryStart("s")).isEqualTo(new Start.Empty(EmptyReason.DELETED, null));
    }

    // ---- Q12, Q13

    @Test
    void q12_settlingARowThatASuccessorClaimedFailsTheCommitAndChangesNothing() {
        Started first = acceptAndStart("s", "t-1", "Hello");
        tick(TTL);
        Started second = start("s");
        var borrowed = CommitDraft.of(first).says("Hello", "Hi").under(first.lease());
        assertThat(changingNothing(() -> commit(borrowed))).isEqualTo(new CommitResult.LeaseLost("superseded"));
        assertThat(committed(CommitDraft.of(second).says("Hello", "Hi")).revision())
                .isEqualTo(1);
    }

    @Test
    void q12_settlingNeedsTheClaimOfEveryRow() {
        Started started = acceptAndStart("s", "t-1", "Hello");
        InboxItem pending = accept("t-2", "not claimed");
        long own = started.inputs().getFirst().sequence();
        CommitDraft draft = CommitDraft.of(started).says("Hello", "Hi").settling(own, pending.sequence());
        assertThat(changingNothing(() -> commit(draft))).isEqualTo(new CommitResult.ClaimLost(pending.sequence()));
    }

    @Test
    void q13_abandoningGivesTheRowsBackAtOnceUnlessSuperseded() {
        Started first = acceptAndStart("s", "t-1", "Hello");
        assertThat(storage.turns().abandon(first.lease(), first.turn().id(), failed("a failure", Duration.ZERO)))
                .isTrue();
        assertThat(due()).containsExactly("s");
        Started second = start("s");
        assertThat(second.turn().id()).isEqualTo(new TurnId("t-1"));
        assertThat(second.turn().lastError()).isEqualTo("a failure");
        assertThat(textsOf(second.inputs())).containsExactly("Hello");
        assertThat(changingNothing(() ->
                        storage.turns().abandon(first.lease(), first.turn().id(), failed("late", Duration.ZERO))))
                .isFalse();
    }

    // ---- Q14

    @Test
    void q14_attemptsAreCountedAtTheClaimSoThatATurnThatKillsItsJvmIsCounted() {
        accept("t-1", "Hello");
        for (int attempt = 1; attempt <= 3; attempt++) {
            Started started = start("s");
            assertThat(started.turn().attempts()).isEqualTo(attempt);
            assertThat(started.inputs().getFirst().status().attempts()).isEqualTo(attempt);
            tick(TTL);
        }
    }

    @Test
    void q14_rowsOfATurnThatGaveUpAreDeadAndVisible() {
        Started started = acceptAndStart("s", "t-1", "Hello");
        var failed = new TurnOutcome.Failed(started.turn().id(), "attempts_exhausted", "storage away", true);
        committed(CommitDraft.of(started).dead().outcome(failed));
        assertThat(textsOf(storage.inbox().list("s", Set.of(State.DEAD)))).containsExactly("Hello");
        assertThat(inbox(started.inputs().getFirst()).status().error()).isEqualTo("storage away");
        assertThat(cancel(ref(started.inputs().getFirst()))).isInstanceOf(CancelAnswer.Finished.class);
    }

    // ---- Q15, Q16

    @Test
    void q15_cancellingAnswersByWhatBecameOfTheRow() {
        Started started = acceptAndStart("s", "t-1", "claimed");
        InboxItem pending = accept(draft("t-2", "pending").key("k"));
        turn("s2", "t-9", "other session's", "yes");
        List<Ref> refs = List.of(
                new Ref.Key("k"),
                new Ref.Turn(new TurnId("t-1")),
                new Ref.Sequence(9_999),
                new Ref.Turn(new TurnId("t-9")),
                new Ref.Sequence(pending.sequence()));
        List<CancelAnswer> answers = storage.inbox().cancel("s", refs);
        assertThat(answers).hasSize(5);
        assertThat(answers.get(0))
                .isInstanceOfSatisfying(
                        CancelAnswer.Cancelled.class,
                        c -> assertThat(textOf(c.item())).isEqualTo("pending"));
        assertThat(answers.get(1))
                .isEqualTo(new CancelAnswer.AlreadyClaimed(started.inputs().getFirst(), new TurnId("t-1")));
        assertThat(answers.get(2)).isEqualTo(new CancelAnswer.NotFound(refs.get(2)));
        assertThat(answers.get(3)).as("of another session").isEqualTo(new CancelAnswer.NotFound(refs.get(3)));
        assertThat(answers.get(4)).isInstanceOf(CancelAnswer.Finished.class);
        assertThat(stateOf(pending)).isEqualTo(State.CANCELLED);
        assertThat(changingNothing(() -> cancel(new Ref.Key("k")))).isInstanceOf(CancelAnswer.Finished.class);
    }

    @Test
    void q15_aCancelledRowIsNeverTaken() {
        InboxItem row = accept("t-1", "Hello");
        cancel(ref(row));
        assertThat(due()).isEmpty();
        assertThat(storage.inbox().untilDue(Set.of(AGENT))).isEmpty();
        assertThat(tryStart("s")).isEqualTo(new Start.Empty(EmptyReason.NOTHING, null));
    }

    @Test
    void q16_cancellingASuffixJudgesEveryRowFromTheAnchorOn() {
        InboxItem first = accept("t-1", "1");
        InboxItem anchor = accept(draft("t-2", "2").key("anchor"));
        accept(InputDraft.of("s2", "t-x", "another session's"));
        InboxItem third = accept("t-3", "3");
        List<CancelAnswer> answers =
                storage.inbox().cancelFrom("s", new Ref.Key("anchor")).orElseThrow();
        assertThat(answers).hasSize(2).allSatisfy(a -> assertThat(a).isInstanceOf(CancelAnswer.Cancelled.class));
        assertThat(List.of(stateOf(first), stateOf(anchor), stateOf(third)))
                .containsExactly(State.PENDING, State.CANCELLED, State.CANCELLED);
        assertThat(storage.inbox().list("s2", Set.of(State.PENDING))).hasSize(1);
    }

    @Test
    void q16_anUnknownAnchorChangesNothing() {
        accept("t-1", "1");
        assertThat(changingNothing(() -> storage.inbox().cancelFrom("s", new Ref.Key("unknown"))))
                .isEmpty();
        assertThat(changingNothing(() -> storage.inbox().cancelFrom("s", new Ref.Sequence(9_999))))
                .isEmpty();
    }

    // ---- Q17

    @Test
    void q17_whatBecameOfARowOrATurnIsReadFromAnyProcess() {
        InboxItem row = accept(draft("t-1", "Hello").key("k"));
        Started started = start("s");
        committed(CommitDraft.of(started).says("Hello", "Hi"));
        reopen();
        for (Ref ref : List.of(ref(row), new Ref.Key("k"), new Ref.Turn(new TurnId("t-1")))) {
            assertThat(storage.inbox().find("s", ref).orElseThrow().status().state())
                    .isEqualTo(State.APPLIED);
        }
        assertThat(storage.turns().find("s", new TurnId("t-1")).orElseThrow().ending())
                .isNotNull();
    }

    @Test
    void q17_whatTheStoreNeverSawIsNotFound() {
        accept("t-1", "Hello");
        assertThat(storage.inbox().find("s", new Ref.Turn(new TurnId("t-2")))).isEmpty();
        assertThat(storage.inbox().find("s", new Ref.Key("k"))).isEmpty();
        assertThat(storage.inbox().find("s2", new Ref.Turn(new TurnId("t-1")))).isEmpty();
        assertThat(storage.turns().find("s", new TurnId("t-1")))
                .as("not claimed yet")
                .isEmpty();
        assertThat(storage.turns().cancelled(List.of(new Turns.TurnRef("s", new TurnId("t-1")))))
                .isEmpty();
    }

    @Test
    void q02_anInputForAnotherAgentThanTheSessionsIsRefused() {
        accept("t-1", "Hello");
        changingNothing(() -> assertThatThrownBy(
                        () -> accept(draft("t-2", "Hello").agent("another")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("\"agent\"", "\"another\""));
    }

    private InboxItem dead(String text) {
        Started started = acceptAndStart("s", "t-1", text);
        committed(CommitDraft.of(started)
                .dead()
                .outcome(new TurnOutcome.Failed(started.turn().id(), "attempts_exhausted", "no luck", true)));
        return started.inputs().getFirst();
    }

    @Test
    void q14_aDeadRowIsRetriedByAPersonAsANewRowThatOpensAnotherTurn() {
        InboxItem dead = dead("Hello");
        var answer = storage.inbox().retry("s", new Ref.Sequence(dead.sequence()), new TurnId("t-2"), "alice");
        InboxItem again = ((DeadAnswer.Retried) answer).item();
        assertThat(again.turn()).isEqualTo(new TurnId("t-2"));
        assertThat(textOf(again)).isEqualTo("Hello");
        assertThat(inbox(dead).status().state()).isEqualTo(InboxItem.State.CANCELLED);
        assertThat(inbox(dead).status().error()).contains("t-2", "alice", "no luck");
        assertThat(start("s").turn().id()).isEqualTo(new TurnId("t-2"));
        assertThat(changingNothing(
                        () -> storage.inbox().retry("s", new Ref.Sequence(dead.sequence()), new TurnId("t-3"), "bob")))
                .as("twice is once")
                .isInstanceOf(DeadAnswer.NotDead.class);
    }

    @Test
    void q14_aDeadRowIsDroppedByAPerson() {
        InboxItem dead = dead("Hello");
        var ref = new Ref.Turn(dead.turn());
        assertThat(storage.inbox().drop("s", ref, "alice")).isInstanceOf(DeadAnswer.Dropped.class);
        assertThat(inbox(dead).status().state()).isEqualTo(InboxItem.State.CANCELLED);
        assertThat(inbox(dead).status().error()).contains("dropped by alice", "no luck");
        assertThat(changingNothing(() -> storage.inbox().drop("s", ref, "bob"))).isInstanceOf(DeadAnswer.NotDead.class);
        assertThat(changingNothing(() -> storage.inbox().drop("s", new Ref.Key("none"), "bob")))
                .isInstanceOf(DeadAnswer.NotFound.class);
    }
}
