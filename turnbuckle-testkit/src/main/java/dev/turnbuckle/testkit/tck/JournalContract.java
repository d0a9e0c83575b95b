package dev.turnbuckle.testkit.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.Decision.Answer;
import dev.turnbuckle.session.Decision.Verdict;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.Journal.RecordResult;
import dev.turnbuckle.store.Journal.RecordResult.Recorded;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.store.Turns.Started;
import dev.turnbuckle.store.WaitRow;
import dev.turnbuckle.tool.EffectClass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** J1 to J4, J8, J12, J15, J16 and J18, as far as they are rules about rows. J13 is in {@link CommitContract}. */
public abstract class JournalContract extends StorageContract {
    private static final TurnId T1 = new TurnId("t-1");

    private Started started() {
        return acceptAndStart("s", "t-1", "Hello");
    }

    private RecordResult record(Started started, JournalEntry... entries) {
        return storage.journal().record(started.lease(), started.turn().id(), List.of(entries), List.of());
    }

    private List<JournalEntry> read() {
        return storage.journal().read("s", T1);
    }

    private static RecordResult recorded(JournalEntry... existing) {
        return new Recorded(List.of(existing), false, false);
    }

    // ---- J1, J2

    @Test
    void j01_aKeyBelongsToItsSessionAndTurn() {
        Started one = started();
        Started two = acceptAndStart("s2", "t-2", "Hello");
        assertThat(record(one, Entries.done("model/1", "{\"one\":1}"))).isEqualTo(recorded());
        assertThat(record(two, Entries.done("model/1", "{\"two\":2}"))).isEqualTo(recorded());
        assertThat(read()).extracting(JournalEntry::outcome).containsExactly("{\"one\":1}");
        assertThat(storage.journal().read("s2", new TurnId("t-2")))
                .extracting(JournalEntry::outcome)
                .containsExactly("{\"two\":2}");
        assertThat(storage.journal().read("s", new TurnId("t-2"))).isEmpty();
    }

    @Test
    void j01_keysAreExact() {
        Started started = started();
        List<String> keys =
                List.of("model/1", "model/10", "model/1/tool/0", "model/1/tool/0/now/1", "Model/1", "steer/1");
        for (String key : keys) {
            assertThat(record(started, Entries.done(key, "{}"))).isEqualTo(recorded());
        }
        assertThat(read()).extracting(JournalEntry::key).containsExactlyInAnyOrderElementsOf(keys);
    }

    @Test
    void j02_aRequestComesBackAsItWasRecordedWithItsHash() {
        Started started = started();
        var entry = new JournalEntry(
                "model/1",
                "model",
                EffectClass.READ,
                "ab".repeat(32),
                "{\"text\":\"ünïcode 🚀 \\\"quoted\\\"\"}",
                "{\"answer\":\"\\n\"}",
                3,
                ManualClock.BEGINNING,
                ManualClock.BEGINNING.plusMillis(1_234));
        record(started, entry);
        reopen();
        assertThat(read()).containsExactly(entry);
    }

    // ---- J3

    @Test
    void j03_recordingIsInsertIfAbsentAndAnswersWithWhatIsStored() {
        Started started = started();
        JournalEntry first = Entries.done("model/1", "{\"first\":true}");
        assertThat(record(started, first)).isEqualTo(recorded());
        assertThat(changingNothing(() -> record(started, Entries.done("model/1", "{\"second\":true}"))))
                .isEqualTo(recorded(first));
        assertThat(read()).containsExactly(first);
    }

    @Test
    void j03_aBatchRecordsWhatIsAbsentAndReturnsTheRest() {
        Started started = started();
        JournalEntry one = Entries.done("model/1", "{\"n\":1}");
        JournalEntry two = Entries.done("model/2", "{\"n\":2}");
        record(started, one);
        assertThat(record(started, Entries.done("model/1", "{\"n\":9}"), two)).isEqualTo(recorded(one));
        assertThat(read()).containsExactly(one, two);
    }

    @Test
    void j03_withoutTheLeaseNothingIsRecorded() {
        Started started = started();
        tick(TTL);
        assertThat(changingNothing(() -> storage.journal()
                        .record(
                                started.lease(),
                                T1,
                                List.of(Entries.done("model/1", "{}")),
                                List.of(Blob.of("bytes")))))
                .isEqualTo(new RecordResult.LeaseLost("expired"));
        takeOver(started.lease());
        assertThat(changingNothing(() -> record(started, Entries.done("model/1", "{}"))))
                .isEqualTo(new RecordResult.LeaseLost("superseded"));
    }

    @Test
    void j03_aTurnThatEndedOrWaitsRecordsNothing() {
        Started started = started();
        committed(CommitDraft.of(started).says("Hello", "Hi"));
        Started next = acceptAndStart("s", "t-2", "More");
        assertThat(changingNothing(() ->
                        storage.journal().record(next.lease(), T1, List.of(Entries.done("model/1", "{}")), List.of())))
                .isInstanceOf(RecordResult.LeaseLost.class);
    }

    @Test
    void j03_theNextDriverRecallsWhatWasRecorded() {
        Started first = started();
        JournalEntry entry = Entries.done("model/1", "{\"n\":1}");
        record(first, entry);
        tick(TTL);
        assertThat(start("s").journal()).containsExactly(entry);
    }

    @Test
    void j03_ofManyOutcomesAtOnceOneIsStoredAndAllAreToldWhich() throws InterruptedException {
        Started started = started();
        var calls = new ArrayList<Callable<RecordResult>>();
        for (int i = 0; i < 8; i++) {
            JournalEntry entry = Entries.done("model/1", "{\"n\":" + i + "}");
            calls.add(() -> record(started, entry));
        }
        List<RecordResult> results = atOnce(calls);
        JournalEntry stored = read().getFirst();
        assertThat(results).filteredOn(recorded()::equals).hasSize(1);
        assertThat(results).filteredOn(recorded(stored)::equals).hasSize(7);
    }

    // ---- J4

    @Test
    void j04_whatAnOutcomeRefersToIsStoredWithIt() {
        Started started = started();
        Blob output = Blob.of("a long output");
        storage.journal().record(started.lease(), T1, List.of(Entries.done("model/1/tool/0", "{}")), List.of(output));
        reopen();
        assertThat(storage.blobs().get(output.hash()).orElseThrow().text()).isEqualTo("a long output");
    }

    // ---- J8

    @Test
    void j08_thatAOnceEffectStartedIsOnDiskBeforeItsOutcome() {
        Started first = started();
        JournalEntry begun = Entries.started("model/1/tool/0");
        assertThat(record(first, begun)).isEqualTo(recorded());
        tick(TTL);
        reopen();
        List<JournalEntry> recalled = start("s").journal();
        assertThat(recalled).containsExactly(begun);
        assertThat(recalled.getFirst().done()).isFalse();
    }

    @Test
    void j08_aStartedEffectIsCompletedByItsOutcomeAndStartsNoMore() {
        Started started = started();
        JournalEntry begun = Entries.started("model/1/tool/0");
        JournalEntry done = Entries.entry("model/1/tool/0", EffectClass.ONCE, "{\"ok\":true}", 1);
        record(started, begun);
        assertThat(changingNothing(() -> record(started, begun))).isEqualTo(recorded(begun));
        assertThat(record(started, done)).isEqualTo(recorded());
        assertThat(read()).containsExactly(done);
        assertThat(changingNothing(() -> record(started, begun))).isEqualTo(recorded(done));
    }

    @Test
    void j12_attemptsAreKeptWithTheirOutcome() {
        Started started = started();
        record(started, Entries.entry("model/1/tool/0", EffectClass.IDEMPOTENT, "{}", 4));
        reopen();
        assertThat(read().getFirst().attempts()).isEqualTo(4);
        assertThat(read().getFirst().effectClass()).isEqualTo(EffectClass.IDEMPOTENT);
    }

    // ---- J15

    private WaitRow suspended(String id) {
        Started started = started();
        WaitRow wait = Waits.approval(started, id);
        storage.turns().suspend(Waits.suspension(started, wait));
        return wait;
    }

    private Optional<Decision> resolve(WaitId id, Verdict verdict, String by) {
        return storage.journal().resolve(id, new Answer(verdict, "because", "{\"cents\":1}"), by);
    }

    @Test
    void j15_theFirstResolutionWinsAndLaterOnesAreToldWhoseItIs() {
        WaitRow wait = suspended("w-1");
        tick(Duration.ofSeconds(9));
        var expected = new Decision(
                wait.open().id(),
                new Answer(Verdict.APPROVED, "because", "{\"cents\":1}"),
                "alice",
                ManualClock.BEGINNING.plusSeconds(9),
                true);
        assertThat(resolve(wait.open().id(), Verdict.APPROVED, "alice")).contains(expected);
        tick(Duration.ofSeconds(9));
        Decision later = changingNothing(() -> resolve(wait.open().id(), Verdict.REJECTED, "bob"))
                .orElseThrow();
        assertThat(later.first()).isFalse();
        assertThat(later.by()).isEqualTo("alice");
        assertThat(later.answer()).isEqualTo(expected.answer());
        assertThat(later.at()).isEqualTo(expected.at());
    }

    @Test
    void j15_ofManyResolutionsAtOnceExactlyOneIsFirst() throws InterruptedException {
        WaitRow wait = suspended("w-1");
        var calls = new ArrayList<Callable<Decision>>();
        for (int i = 0; i < 8; i++) {
            String by = "person-" + i;
            calls.add(() -> resolve(wait.open().id(), Verdict.APPROVED, by).orElseThrow());
        }
        List<Decision> decisions = atOnce(calls);
        assertThat(decisions).filteredOn(Decision::first).hasSize(1);
        assertThat(decisions.stream().map(Decision::by).distinct()).hasSize(1);
    }

    @Test
    void j15_anAnswerGivenWhileTheTurnRunsIsKept() {
        WaitRow wait = suspended("w-1");
        storage.turns().cancel("s", T1, "alice", "look again");
        Started again = start("s");
        assertThat(resolve(wait.open().id(), Verdict.APPROVED, "bob")).isPresent();
        tick(TTL);
        assertThat(String.valueOf(start("s").waits().getFirst().decision())).contains("APPROVED", "bob");
        assertThat(again.waits().getFirst().decision()).isNull();
    }

    @Test
    void j15_aForgedIdAndARevokedOneLookAlike() {
        WaitRow wait = suspended("w-1");
        assertThat(changingNothing(() -> resolve(new WaitId("forged"), Verdict.APPROVED, "mallory")))
                .isEmpty();
        storage.sessions().delete("s");
        assertThat(changingNothing(() -> resolve(wait.open().id(), Verdict.APPROVED, "alice")))
                .isEmpty();
        assertThat(storage.journal().findWait(wait.open().id())).isEmpty();
    }

    @Test
    void j15_openWaitsAreListedOldestFirstForOneSessionOrAll() {
        Started one = started();
        WaitRow first = Waits.approval(one, "w-b");
        storage.turns().suspend(Waits.suspension(one, first));
        Started two = acceptAndStart("s2", "t-2", "Hello");
        WaitRow second = Waits.approval(two, "w-a");
        storage.turns().suspend(Waits.suspension(two, second));
        assertThat(storage.journal().openWaits(Optional.of("s"), 10)).containsExactly(first.open());
        assertThat(storage.journal().openWaits(Optional.empty(), 10))
                .extracting(OpenWait::id)
                .containsExactlyInAnyOrder(first.open().id(), second.open().id());
        assertThat(storage.journal().openWaits(Optional.empty(), 1)).hasSize(1);
        resolve(first.open().id(), Verdict.REJECTED, "alice");
        assertThat(storage.journal().openWaits(Optional.empty(), 10)).containsExactly(second.open());
        reopen();
        assertThat(storage.journal().findWait(second.open().id())).contains(second);
    }

    // ---- J16

    @Test
    void j16_deadlinesArePartOfTheWait() {
        Started started = started();
        WaitRow wait = Waits.approval(started, "w-1", ManualClock.BEGINNING.plusSeconds(60));
        storage.turns().suspend(Waits.suspension(started, wait));
        reopen();
        assertThat(storage.journal().findWait(wait.open().id()).orElseThrow().open())
                .isEqualTo(wait.open());
        tick(Duration.ofMinutes(1));
        assertThat(start("s").turn().id()).isEqualTo(T1);
    }

    @Test
    void j16_anEscalationMakesTheTurnReadyOnceAndIsStored() {
        Started started = started();
        WaitRow wait = Waits.escalating(started, "w-1", Duration.ofHours(1));
        storage.turns().suspend(Waits.suspension(started, wait));
        assertThat(tryStart("s")).isInstanceOf(Turns.Start.Empty.class);
        tick(Duration.ofHours(1));
        Started told = start("s");
        assertThat(told.waits()).as("as it was, so that the driver can tell").containsExactly(wait);
        WaitRow stored = storage.journal().findWait(wait.open().id()).orElseThrow();
        assertThat(stored.open().escalation())
                .isEqualTo(
                        new OpenWait.Escalation(ManualClock.BEGINNING.plus(Duration.ofHours(1)), "duty officer", true));
        storage.turns().suspend(Waits.suspension(told, wait));
        tick(Duration.ofHours(1));
        assertThat(tryStart("s")).as("told once").isInstanceOf(Turns.Start.Empty.class);
    }

    // ---- J18

    @Test
    void j18_cancellingTheWaitsOfASessionResolvesEachAndLeavesItUsable() {
        Started one = started();
        WaitRow first = Waits.approval(one, "w-1");
        WaitRow second = Waits.approval(one, "w-2");
        storage.turns().suspend(Waits.suspension(one, first, second));
        Started other = acceptAndStart("s2", "t-2", "Hello");
        WaitRow foreign = Waits.approval(other, "w-3");
        storage.turns().suspend(Waits.suspension(other, foreign));

        assertThat(storage.journal().cancelWaits("s", "alice")).isEqualTo(2);

        for (WaitRow wait : List.of(first, second)) {
            WaitRow stored = storage.journal().findWait(wait.open().id()).orElseThrow();
            Decision decision = Objects.requireNonNull(stored.decision());
            assertThat(decision.answer().verdict()).isEqualTo(Verdict.CANCELLED);
            assertThat(decision.by()).isEqualTo("alice");
        }
        assertThat(storage.journal().openWaits(Optional.empty(), 10)).containsExactly(foreign.open());
        assertThat(changingNothing(() -> storage.journal().cancelWaits("s", "alice")))
                .isZero();
        Started again = start("s");
        assertThat(committed(CommitDraft.of(again).says("Hello", "Hi")).revision())
                .isEqualTo(1);
    }
}
