package dev.turnbuckle.testkit.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.error.SessionDeletedException;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.SessionSummary.Metadata;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.TurnSummary;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.Commit.Position;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.CommitResult.Committed;
import dev.turnbuckle.store.Component;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.SessionStore.From;
import dev.turnbuckle.store.TurnRow;
import dev.turnbuckle.store.Turns.Started;
import dev.turnbuckle.store.UsageRow;
import dev.turnbuckle.store.plan.CommitBudget;
import dev.turnbuckle.store.plan.RowStorage;
import dev.turnbuckle.store.plan.RowStorage.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** S6 to S13 and S32: the atomic step that ends a turn. */
public abstract class CommitContract extends StorageContract {
    private static final Metadata TITLED = new Metadata("A title", null, null, null, null, Map.of());
    private static final UsageRow ONE_CALL =
            new UsageRow(new dev.turnbuckle.session.TurnId("t-1"), 1, "model", "m", Usage.of(10, 5));

    private Started started() {
        return acceptAndStart("s", "t-1", "Hello");
    }

    private CommitDraft draft() {
        return CommitDraft.of(started()).says("Hello", "Hi");
    }

    private CommitDraft full(Started started) {
        return CommitDraft.of(started)
                .says("Hello", "Hi")
                .components(Map.of("notes", Component.changed(1, "writer", Blob.of("[1]"))))
                .metadata(TITLED)
                .sends(InputDraft.of("other", "o-1", "wake up").input())
                .usage(ONE_CALL)
                .attachments(Blob.of("a picture"))
                .turnRecord("what happened");
    }

    // ---- S6

    @Test
    void s06_theFiveGroupsLandTogether() {
        Started started = started();
        storage.journal()
                .record(started.lease(), started.turn().id(), List.of(Entries.done("model/1", "{}")), List.of());

        Committed result = committed(full(started));

        assertThat(result.revision()).isEqualTo(1);
        assertThat(result.repeated()).isFalse();
        var row = storage.sessions().find("s").orElseThrow();
        assertThat(row.head())
                .isEqualTo(result.after() == null ? null : result.after().head());
        assertThat(row.head().revision()).isEqualTo(1);
        assertThat(row.head().depth()).isEqualTo(2);
        assertThat(row.openTurn()).isNull();
        assertThat(row.due()).isNull();
        assertThat(row.metadata()).isEqualTo(TITLED);
        assertThat(texts("s")).containsExactly("Hello", "Hi");
        assertThat(storage.sessions().components("s")).containsOnlyKeys("notes");
        assertThat(stateOf(started.inputs().getFirst())).isEqualTo(InboxItem.State.APPLIED);
        assertThat(storage.inbox().list("other", Set.of(InboxItem.State.PENDING)))
                .singleElement()
                .satisfies(i -> assertThat(textOf(i)).isEqualTo("wake up"));
        assertThat(storage.sessions().usage("s")).isEqualTo(Usage.of(10, 5));
        assertThat(storage.blobs().get(Blob.of("a picture").hash())).isPresent();
        assertThat(storage.journal().read("s", started.turn().id())).isEmpty();
        assertThat(storage.leases().inspect(scope("s")).orElseThrow().isReleased())
                .isTrue();
    }

    @Test
    void s06_theTurnsRowKeepsTheReceiptAndTheRecord() {
        Started started = started();
        tick(Duration.ofSeconds(7));
        committed(full(started));
        TurnRow turn = storage.turns().find("s", started.turn().id()).orElseThrow();
        assertThat(turn.state()).isEqualTo(TurnSummary.State.ENDED);
        assertThat(turn.gate().state()).isEqualTo(TurnRow.Gate.State.SEALED);
        assertThat(turn.times().endedAt()).isEqualTo("2026-01-01T00:00:07Z");
        TurnRow.Ending ending = Objects.requireNonNull(turn.ending());
        assertThat(ending.outcome())
                .isEqualTo(new TurnOutcome.Answered(started.turn().id(), "done", Usage.NONE));
        assertThat(ending.revision()).isEqualTo(1);
        assertThat(ending.intent()).matches("[0-9a-f]{64}");
        assertThat(storage.blobs().get(ending.record()).orElseThrow().text()).isEqualTo("what happened");
        assertThat(turn.summary().revision()).isEqualTo(1);
    }

    @Test
    void s06_aClaimedSteerThatIsNotSettledIsPendingAgain() {
        Started started = started();
        InboxItem steer = accept(InputDraft.of("s", "t-2", "And this").steer());
        storage.inbox().claimSteers(started.lease(), started.turn().id(), 1);
        committed(CommitDraft.of(started).says("Hello", "Hi"));
        assertThat(inbox(steer).status()).isEqualTo(InboxItem.Status.NEW);
        assertThat(storage.inbox().due(Set.of(AGENT), 10)).containsExactly("s");
        assertThat(start("s").turn().id().value()).isEqualTo("t-2");
    }

    @Test
    void s06_aRowThatACommitSendsIsDueWhereverItGoes() {
        CommitDraft draft = CommitDraft.of(started())
                .sends(
                        InputDraft.of("s", "t-2", "to myself").input(),
                        InputDraft.of("other", "o-1", "wake up").input());
        assertThat(committed(draft).revision()).isEqualTo(1);
        assertThat(storage.inbox().due(Set.of(AGENT), 10)).containsExactlyInAnyOrder("other", "s");
        assertThat(start("s").turn().id().value()).isEqualTo("t-2");
        assertThat(start("other").turn().id().value()).isEqualTo("o-1");
    }

    @Test
    void q18_whoHasJustHadATurnIsBehindThoseWhoWaitedMeanwhile() {
        accept("s", "t-1", "Hello");
        accept("s", "t-2", "waits long");
        Started started = start("s");
        tick(Duration.ofSeconds(1));
        accept("other", "o-1", "came later");
        tick(Duration.ofSeconds(1));
        committed(CommitDraft.of(started).says("Hello", "Hi"));
        assertThat(storage.inbox().due(Set.of(AGENT), 10)).containsExactly("other", "s");
    }

    @Test
    void s06_theInputThatOpenedTheTurnMustBeSettled() {
        Started started = started();
        changingNothing(() -> assertThatThrownBy(
                        () -> commit(CommitDraft.of(started).says("Hello", "Hi").settling()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("t-1"));
    }

    @Test
    void s06_startingOverIsANewRootBranchNotARewrite() {
        turn("s", "t-1", "Hello", "Hi");
        Position first = positionOf("s", 0);
        committed(CommitDraft.of(acceptAndStart("s", "t-2", "Anew"))
                .says("Anew", "Yes")
                .from(Position.ROOT));
        assertThat(texts("s")).containsExactly("Anew", "Yes");
        assertThat(storage.sessions().entry("s", first).orElseThrow().message().text())
                .isEqualTo("Hello");
        assertThat(storage.sessions().path("s", From.root()).getFirst().depth()).isEqualTo(1);
    }

    private Position positionOf(String session, int index) {
        var entry = storage.sessions().path(session, From.root()).get(index);
        return new Position(entry.branch(), entry.depth());
    }

    // ---- S7, S8

    @Test
    void s07_commitAtAStaleRevisionIsAConflictAndChangesNothing() {
        turn("s", "t-0", "Before", "So");
        Started started = started();
        CommitResult result = changingNothing(() -> commit(full(started).expecting(0)));
        assertThat(result).isEqualTo(new CommitResult.Conflict(0, 1));
        assertThat(changingNothing(() -> commit(full(started).expecting(2))))
                .isEqualTo(new CommitResult.Conflict(2, 1));
    }

    @Test
    void s07_ofManyCommitsFromOneBaseExactlyOneLands() throws InterruptedException {
        Started started = started();
        var calls = new ArrayList<Callable<CommitResult>>();
        for (int i = 0; i < 8; i++) {
            String answer = "Answer " + i;
            calls.add(() -> commit(CommitDraft.of(started).says("Hello", answer)));
        }
        List<CommitResult> results = atOnce(calls);
        assertThat(results).filteredOn(Committed.class::isInstance).hasSize(1);
        assertThat(results)
                .filteredOn(CommitResult.CommittedDifferently.class::isInstance)
                .hasSize(7);
        assertThat(revision("s")).isEqualTo(1);
        assertThat(texts("s")).hasSize(2);
    }

    @Test
    void s08_everySuccessRaisesTheRevisionByOne() {
        for (int i = 1; i <= 5; i++) {
            assertThat(turn("s", "t-" + i, "Question", "Answer").revision()).isEqualTo(i);
            assertThat(revision("s")).isEqualTo(i);
        }
    }

    // ---- S9

    @Test
    void s09_aFaultAtAnyStatementLeavesNothing() {
        assumeTrue(fixture.transactions().isPresent(), "this backend has no rows to fail between");
        Started started = started();
        storage.journal()
                .record(started.lease(), started.turn().id(), List.of(Entries.done("model/1", "{}")), List.of());
        var rows = new FaultyRows(fixture.transactions().orElseThrow());
        try (var faulty = new RowStorage(rows, Limits.DEFAULT)) {
            faulty.open(clock);
            var before = fixture.dump();
            int faults = 0;
            while (true) {
                int[] left = {faults};
                rows.intercept(call -> {
                    Object result = call.proceed();
                    if (FaultyRows.writes(call) && left[0]-- == 0) {
                        throw new FaultyRows.Fault(call.method().getName());
                    }
                    return result;
                });
                try {
                    faulty.sessions().commit(full(started).commit());
                    break;
                } catch (FaultyRows.Fault fault) {
                    assertThat(fixture.dump()).as(fault.getMessage()).isEqualTo(before);
                    faults++;
                }
            }
            assertThat(faults).as("statements of a commit").isGreaterThan(10);
        }
        assertThat(revision("s")).isEqualTo(1);
    }

    // ---- S10

    @Test
    void s10_deletedIsLookedAtBeforeTheReceipt() {
        CommitDraft draft = draft();
        committed(draft);
        storage.sessions().delete("s");
        assertThatThrownBy(() -> commit(draft)).isInstanceOf(SessionDeletedException.class);
    }

    @Test
    void s10_theReceiptIsLookedAtBeforeTheFence() {
        CommitDraft draft = draft();
        committed(draft);
        start(accept("s", "t-2", "Next").session());
        assertThat(committed(draft).repeated()).isTrue();
    }

    @Test
    void s10_theFenceIsLookedAtBeforeTheGate() {
        CommitDraft draft = draft();
        storage.turns().cancel("s", draft.target().turn(), "alice", "stop");
        takeOver(draft.target().lease());
        assertThat(changingNothing(() -> commit(draft))).isEqualTo(new CommitResult.LeaseLost("superseded"));
    }

    @Test
    void s10_theGateIsLookedAtBeforeTheRevision() {
        CommitDraft draft = draft().expecting(9);
        storage.turns().cancel("s", draft.target().turn(), "alice", "stop");
        assertThat(changingNothing(() -> commit(draft))).isEqualTo(new CommitResult.CancelledBefore("alice", "stop"));
    }

    @Test
    void s10_theRevisionIsLookedAtBeforeTheTopology() {
        CommitDraft draft = draft().expecting(9).from(new Position(4711, 1));
        assertThat(changingNothing(() -> commit(draft))).isEqualTo(new CommitResult.Conflict(9, 0));
    }

    @Test
    void s10_theTopologyIsLookedAtBeforeTheClaims() {
        CommitDraft draft = draft().from(new Position(4711, 1)).settling(4712L);
        changingNothing(() -> assertThatThrownBy(() -> commit(draft))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("4711"));
    }

    @Test
    void s10_theClaimsAreLookedAtBeforeAnythingIsWritten() {
        CommitDraft draft = draft().settling(4712L);
        assertThat(changingNothing(() -> commit(draft))).isEqualTo(new CommitResult.ClaimLost(4712));
    }

    @Test
    void s10_aLostLeaseCommitsNothingAndSaysHow() {
        CommitDraft draft = draft();
        Lease lease = draft.target().lease();
        tick(TTL);
        assertThat(changingNothing(() -> commit(draft))).isEqualTo(new CommitResult.LeaseLost("expired"));
        takeOver(lease);
        assertThat(changingNothing(() -> commit(draft))).isEqualTo(new CommitResult.LeaseLost("superseded"));
    }

    // ---- S11

    @Test
    void s11_theSameCommitAgainIsTheFirstResultAndWritesNothing() {
        CommitDraft draft = full(started());
        Committed first = committed(draft);
        Committed again = changingNothing(() -> committed(draft));
        assertThat(first.repeated()).isFalse();
        assertThat(again.repeated()).isTrue();
        assertThat(again.revision()).isEqualTo(first.revision());
    }

    @Test
    void s11_anotherCommitOfTheSameTurnIsRefusedAndChangesNothing() {
        Started started = started();
        committed(CommitDraft.of(started).says("Hello", "Hi"));
        CommitResult result =
                changingNothing(() -> commit(CommitDraft.of(started).says("Hello", "Ho")));
        assertThat(result).isEqualTo(new CommitResult.CommittedDifferently(1));
    }

    @Test
    void s11_theReceiptHoldsAfterTheHeadMovedOnAfterReopeningAndAfterTheLeasePassed() {
        CommitDraft draft = draft();
        committed(draft);
        turn("s", "t-2", "More", "Sure");
        Started later = acceptAndStart("s", "t-3", "And more");
        reopen();
        Committed again = changingNothing(() -> committed(draft));
        assertThat(again.repeated()).isTrue();
        assertThat(again.revision()).isEqualTo(1);
        CommitDraft other = draft.says("Hello", "Something else");
        assertThat(changingNothing(() -> commit(other))).isEqualTo(new CommitResult.CommittedDifferently(1));
        assertThat(committed(CommitDraft.of(later).says("And more", "Yes")).revision())
                .isEqualTo(3);
    }

    @Test
    void s11_theSameCommitFromManyThreadsWritesOnce() throws InterruptedException {
        CommitDraft draft = full(started());
        List<Committed> results = atOnce(java.util.Collections.nCopies(8, () -> committed(draft)));
        assertThat(results).filteredOn(r -> !r.repeated()).hasSize(1);
        assertThat(results).extracting(Committed::revision).containsOnly(1L);
        assertThat(storage.inbox().list("other", Set.of(InboxItem.State.PENDING)))
                .hasSize(1);
    }

    // ---- S12

    @Test
    void s12_theIntentLeavesOutAuthorityAndChance() {
        Started started = started();
        CommitDraft first = full(started);
        committed(first);
        Lease other =
                new Lease(scope("s"), claimant(), 99, clock.now(), clock.now().plusSeconds(60));
        assertThat(committed(first.under(other)).repeated()).isTrue();
        assertThat(committed(first.expecting(77)).repeated()).isTrue();
        assertThat(committed(first.turnRecord("the same, written by another attempt"))
                        .repeated())
                .isTrue();
    }

    @Test
    void s12_theIntentCoversMeaning() {
        Started started = started();
        CommitDraft first = full(started);
        committed(first);
        var turn = started.turn().id();
        differs(first.says("Hello", "Ho"));
        differs(first.says("Hello"));
        differs(first.from(Position.ROOT));
        differs(first.compacting(1));
        differs(first.components(Map.of("notes", Component.changed(1, "writer", Blob.of("[2]")))));
        differs(first.components(Map.of()));
        differs(first.metadata(Metadata.NONE));
        differs(first.settling());
        differs(first.dead());
        differs(first.sends());
        differs(first.sends(InputDraft.of("other", "o-1", "something else").input()));
        differs(first.sends(InputDraft.of("another", "o-1", "wake up").input()));
        differs(first.sends(InputDraft.of("other", "o-1", "wake up").key("k").input()));
        differs(first.usage());
        differs(first.usage(new UsageRow(turn, 2, "model", "m", Usage.of(10, 5))));
        differs(first.attachments());
        differs(first.outcome(new TurnOutcome.Failed(turn, "model_other", "no", false)));
    }

    private void differs(CommitDraft draft) {
        CommitResult result = changingNothing(() -> commit(draft));
        assertThat(result).as(draft.toString()).isEqualTo(new CommitResult.CommittedDifferently(1));
    }

    // ---- S13

    @Test
    void s13_aCommitBeyondItsBytesIsRefusedWithTheLimitAndChangesNothing() {
        storage.close();
        storage = opened(Limits.DEFAULT.commit(new CommitBudget(1_000, Long.MAX_VALUE)));
        Started started = started();
        CommitDraft large = CommitDraft.of(started).says("Hello", "x".repeat(2_000));
        CommitResult result = changingNothing(() -> commit(large));
        assertThat(result).isInstanceOfSatisfying(CommitResult.OverBudget.class, over -> {
            assertThat(over.limit()).isEqualTo("bytes");
            assertThat(over.most()).isEqualTo(1_000);
            assertThat(over.actual()).isBetween(2_001L, 2_500L);
        });
        countsBytes(started, d -> d.attachments(Blob.of("x".repeat(2_000))));
        countsBytes(
                started,
                d -> d.sends(InputDraft.of("s2", "t-9", "x".repeat(2_000)).input()));
        countsBytes(started, d -> d.turnRecord("x".repeat(2_000)));
        countsBytes(started, d -> d.components(Map.of("a", Component.changed(1, "w", Blob.of("x".repeat(2_000))))));
        assertThat(committed(CommitDraft.of(started).says("Hello", "Hi")).revision())
                .isEqualTo(1);
    }

    private void countsBytes(Started started, Function<CommitDraft, CommitDraft> more) {
        CommitResult result = changingNothing(() -> commit(more.apply(CommitDraft.of(started))));
        assertThat(result).isInstanceOf(CommitResult.OverBudget.class);
    }

    @Test
    void s13_aCommitBeyondItsRowsIsRefusedWithTheLimitAndChangesNothing() {
        storage.close();
        storage = opened(Limits.DEFAULT.commit(new CommitBudget(Long.MAX_VALUE, 3)));
        Started started = started();
        CommitDraft many = CommitDraft.of(started).says("1", "2", "3", "4");
        assertThat(changingNothing(() -> commit(many))).isEqualTo(new CommitResult.OverBudget("rows", 3, 4));
        assertThat(committed(CommitDraft.of(started).says("1", "2", "3")).revision())
                .isEqualTo(1);
    }

    // ---- S32

    @Test
    void s32_usageIsRecordedOnceForEachIdentity() {
        UsageRow again = new UsageRow(ONE_CALL.turn(), 1, "model", "m", Usage.of(10, 5));
        UsageRow second = new UsageRow(ONE_CALL.turn(), 2, "model", "m", Usage.of(1, 2));
        UsageRow other = new UsageRow(ONE_CALL.turn(), 1, "tool", "m", Usage.of(100, 200));
        UsageRow model = new UsageRow(ONE_CALL.turn(), 1, "model", "n", Usage.of(1_000, 2_000));
        CommitDraft draft = draft().usage(ONE_CALL, again, second, other, model);
        committed(draft);
        committed(draft);
        assertThat(storage.sessions().usage("s")).isEqualTo(Usage.of(1_111, 2_207));
    }

    @Test
    void s32_totalsAreSumsOfRowsAndAbsentIsNotZero() {
        assertThat(storage.sessions().usage("s")).isEqualTo(Usage.NONE);
        committed(draft().usage(new UsageRow(ONE_CALL.turn(), 1, "model", "m", new Usage(1L, null, 0L, 3L, null))));
        Started second = acceptAndStart("s", "t-2", "More");
        committed(CommitDraft.of(second)
                .usage(new UsageRow(second.turn().id(), 1, "model", "m", new Usage(10L, 20L, null, null, null))));
        assertThat(storage.sessions().usage("s")).isEqualTo(new Usage(11L, 20L, 0L, 3L, null));
    }

    @Test
    void s32_usageBelongsToItsSessionAlone() {
        committed(draft().usage(ONE_CALL));
        assertThat(storage.sessions().usage("s2")).isEqualTo(Usage.NONE);
        assertThat(storage.sessions().usage("S")).isEqualTo(Usage.NONE);
    }

    /** The journal leaves with the commit, whatever else the turn recorded (J13). */
    @Test
    void j13_theTurnsJournalLeavesTheHotTableInTheCommit() {
        Started started = started();
        List<JournalEntry> entries = List.of(Entries.done("model/1", "{}"), Entries.started("model/1/tool/0"));
        storage.journal().record(started.lease(), started.turn().id(), entries, List.of());
        assertThat(storage.journal().read("s", started.turn().id())).hasSize(2);
        committed(CommitDraft.of(started).says("Hello", "Hi"));
        assertThat(storage.journal().read("s", started.turn().id())).isEmpty();
        assertThat(new HashSet<>(fixture.dump().keySet())).noneMatch(name -> name.startsWith("journal"));
    }
}
