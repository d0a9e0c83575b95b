package dev.turnbuckle.testkit.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.error.SessionDeletedException;
import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.PageRequest;
import dev.turnbuckle.session.SessionSummary;
import dev.turnbuckle.session.SessionSummary.Metadata;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.SessionStore.From;
import dev.turnbuckle.store.SessionStore.Query;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.store.Turns.Started;
import dev.turnbuckle.store.UsageRow;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** S1 to S5 and S35: what a session is, its end, and lists. */
public abstract class SessionsContract extends StorageContract {
    private static final Metadata TITLED = titled("A title");

    private static Metadata titled(String title) {
        return new Metadata(title, "parent", "cause", "/tmp", "model", Map.of("team", "a"));
    }

    private boolean create(String id) {
        return storage.sessions().create(id, AGENT, Metadata.NONE);
    }

    // ---- S1

    @Test
    void s01_anIdIsTextOfOneTo512BytesInAnyScript() {
        List<String> ids = List.of("a", "user:42/order 7", "東京", "naïve", "🚀", " ", "x".repeat(512), "é".repeat(256));
        for (String id : ids) {
            assertThat(create(id)).as(id).isTrue();
            assertThat(storage.sessions().find(id).orElseThrow().id()).isEqualTo(id);
        }
        assertThat(storage.sessions().list(Query.ALL, PageRequest.first(100)).items())
                .extracting(SessionSummary::id)
                .containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void s01_everyOtherIdIsRefusedWithTheReason() {
        refusedId("", "empty");
        refusedId("a\0b", "U+0000");
        refusedId("a\uD800b", "lone surrogate");
        refusedId("\uDC00", "lone surrogate");
        refusedId("x".repeat(513), "513");
        refusedId("é".repeat(257), "514");
    }

    private void refusedId(String id, String reason) {
        changingNothing(() -> assertThatThrownBy(() -> create(id))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(reason));
        changingNothing(() -> assertThatThrownBy(() -> accept(id, "t-1", "Hello"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(reason));
    }

    // ---- S2

    @Test
    void s02_aSessionExistsFromItsFirstAcceptedInput() {
        assertThat(storage.sessions().find("s")).isEmpty();
        accept("s", "t-1", "Hello");
        var row = storage.sessions().find("s").orElseThrow();
        assertThat(row.agent()).isEqualTo("agent");
        assertThat(row.head().revision()).isZero();
        assertThat(row.deleted()).isFalse();
    }

    @Test
    void s02_creatingALiveSessionAgainKeepsWhatItIs() {
        assertThat(storage.sessions().create("s", AGENT, TITLED)).isTrue();
        boolean again = changingNothing(() -> storage.sessions().create("s", "another", titled("Another title")));
        assertThat(again).isFalse();
        assertThat(storage.sessions().find("s").orElseThrow().metadata()).isEqualTo(TITLED);
    }

    @Test
    void s02_ofManyCreatesAtOnceExactlyOneSaysCreated() throws InterruptedException {
        Callable<Boolean> call = () -> create("s");
        assertThat(atOnce(Collections.nCopies(16, call))).containsOnlyOnce(true);
    }

    // ---- S3

    @Test
    void s03_deletingTakesLeaseInboxWaitsAndHeadAtOnceAndLeavesATombstone() {
        turn("s", "t-1", "Hello", "Hi");
        Started started = acceptAndStart("s", "t-2", "Go on");
        InboxItem waiting = accept("s", "t-3", "And then");
        var wait = Waits.approval(started, "wait-1");
        storage.turns().suspend(Waits.suspension(started, wait));

        assertThat(storage.sessions().delete("s")).isTrue();

        var row = storage.sessions().find("s").orElseThrow();
        assertThat(row.deleted()).isTrue();
        assertThat(row.head().revision()).isZero();
        assertThat(row.openTurn()).isNull();
        assertThat(row.due()).isNull();
        assertThat(storage.leases().inspect(scope("s"))).isEmpty();
        assertThat(storage.inbox().list("s", Set.of(InboxItem.State.values()))).isEmpty();
        assertThat(storage.inbox().find("s", new Inbox.Ref.Sequence(waiting.sequence())))
                .isEmpty();
        assertThat(storage.journal().findWait(wait.open().id())).isEmpty();
        assertThat(storage.inbox().due(Set.of(AGENT), 10)).isEmpty();
        assertThat(storage.sessions().list(Query.ALL, PageRequest.first(10)).items())
                .isEmpty();
    }

    @Test
    void s03_deletingAnIdThatNeverExistedBurnsNothing() {
        assertThat(changingNothing(() -> storage.sessions().delete("s"))).isFalse();
        assertThat(create("s")).isTrue();
    }

    @Test
    void s03_deletingTwiceIsDeletingOnce() {
        create("s");
        assertThat(storage.sessions().delete("s")).isTrue();
        assertThat(changingNothing(() -> storage.sessions().delete("s"))).isFalse();
    }

    @Test
    void s03_whatADeletedSessionLeftIsReclaimedInBoundedStepsThatSurviveAKill() {
        turn("keep", "k-1", "Hello", "Hi");
        var kept = fixture.dump();
        for (int i = 1; i <= 6; i++) {
            Started started = acceptAndStart("s", "t-" + i, "Question " + i);
            committed(CommitDraft.of(started)
                    .says("Question " + i, "Answer " + i)
                    .usage(new UsageRow(started.turn().id(), 1, "model", "m", Usage.of(1, 1))));
        }
        Started open = acceptAndStart("s", "t-7", "Open");
        storage.journal().record(open.lease(), open.turn().id(), List.of(Entries.done("model/1", "{}")), List.of());
        storage.sessions().delete("s");

        int removed = 0;
        for (int step = storage.maintenance().reclaim(4);
                step > 0;
                step = storage.maintenance().reclaim(4)) {
            assertThat(step).isBetween(1, 4);
            removed += step;
            reopen(); // as after a kill: the next step goes on
        }
        assertThat(removed).isGreaterThanOrEqualTo(12);
        var left = fixture.dump();
        assertThat(left).containsAllEntriesOf(kept);
        left.keySet().removeAll(kept.keySet());
        assertThat(left).as("the tombstone alone").hasSize(1);
        assertThat(storage.sessions().find("s").orElseThrow().deleted()).isTrue();
    }

    // ---- S4

    @Test
    void s04_everyWriteThatNamesADeletedIdFails() {
        Started started = acceptAndStart("s", "t-1", "Hello");
        storage.sessions().delete("s");
        var before = fixture.dump();
        deleted(() -> create("s"));
        deleted(() -> accept("s", "t-2", "Hello"));
        deleted(() -> storage.sessions().describe("s", TITLED));
        deleted(() -> commit(CommitDraft.of(started).says("Hello", "Hi")));
        deleted(() -> storage.turns().cancel("s", started.turn().id(), "me", "why"));
        deleted(() -> storage.inbox().cancel("s", List.of(new Inbox.Ref.Key("k"))));
        deleted(() -> storage.inbox().cancelFrom("s", new Inbox.Ref.Key("k")));
        deleted(() -> storage.sessions().path("s", From.root()));
        assertThat(fixture.dump()).isEqualTo(before);
        assertThat(tryStart("s")).isEqualTo(new Turns.Start.Empty(Turns.EmptyReason.DELETED, null));
    }

    private static void deleted(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(SessionDeletedException.class).hasMessageContaining("\"s\" was deleted");
    }

    @Test
    void s04_aRowForADeletedSessionIsDroppedFromAnothersCommitAndNamed() {
        create("gone");
        storage.sessions().delete("gone");
        Started started = acceptAndStart("s", "t-1", "Hello");
        CommitDraft draft = CommitDraft.of(started)
                .says("Hello", "Hi")
                .sends(
                        InputDraft.of("gone", "g-1", "lost").input(),
                        InputDraft.of("other", "o-1", "found").input());
        assertThat(committed(draft).droppedTo()).containsExactly("gone");
        assertThat(committed(draft).droppedTo()).as("asked again").containsExactly("gone");
        assertThat(storage.inbox().list("gone", Set.of(InboxItem.State.values())))
                .isEmpty();
        assertThat(storage.inbox().list("other", Set.of(InboxItem.State.PENDING)))
                .hasSize(1);
    }

    @Test
    void s04_maintenanceNeverRemovesTheTombstone() {
        turn("s", "t-1", "Hello", "Hi");
        storage.sessions().delete("s");
        tick(Duration.ofDays(1000));
        while (storage.maintenance().reclaim(100) > 0) {}
        reopen();
        deleted(() -> create("s"));
    }

    @Test
    void s04_deletingRevokesTheSessionsWaitsForGood() {
        Started started = acceptAndStart("s", "t-1", "Hello");
        var wait = Waits.approval(started, "wait-1");
        storage.turns().suspend(Waits.suspension(started, wait));
        storage.sessions().delete("s");
        assertThat(storage.journal().resolve(wait.open().id(), Decision.Answer.of(Decision.Verdict.APPROVED), "alice"))
                .isEmpty();
    }

    // ---- S5

    @Test
    void s05_sessionsAreListedNewestActivityFirstPageByPage() {
        for (String id : List.of("a", "b", "c", "d", "e")) {
            tick(Duration.ofSeconds(1));
            create(id);
        }
        tick(Duration.ofSeconds(1));
        turn("b", "t-1", "Hello", "Hi");
        var first = storage.sessions().list(Query.ALL, PageRequest.first(2));
        var second = storage.sessions().list(Query.ALL, PageRequest.first(2).after(String.valueOf(first.next())));
        var third = storage.sessions().list(Query.ALL, PageRequest.first(2).after(String.valueOf(second.next())));
        assertThat(first.items()).extracting(SessionSummary::id).containsExactly("b", "e");
        assertThat(second.items()).extracting(SessionSummary::id).containsExactly("d", "c");
        assertThat(third.items()).extracting(SessionSummary::id).containsExactly("a");
        assertThat(third.next()).isNull();
    }

    @Test
    void s05_sessionsOfTheSameInstantAreListedEachOnce() {
        List<String> ids = List.of("c", "a", "b", "with space", "d");
        ids.forEach(this::create);
        var first = storage.sessions().list(Query.ALL, PageRequest.first(3));
        var second = storage.sessions().list(Query.ALL, PageRequest.first(3).after(String.valueOf(first.next())));
        assertThat(first.items()).extracting(SessionSummary::id).containsExactly("a", "b", "c");
        assertThat(second.items()).extracting(SessionSummary::id).containsExactly("d", "with space");
    }

    @Test
    void s05_pagesAreStableWhileOthersWrite() {
        for (String id : List.of("a", "b", "c", "d")) {
            tick(Duration.ofSeconds(1));
            create(id);
        }
        var first = storage.sessions().list(Query.ALL, PageRequest.first(2));
        tick(Duration.ofSeconds(1));
        create("new");
        turn("d", "t-1", "Hello", "Hi");
        var second = storage.sessions().list(Query.ALL, PageRequest.first(2).after(String.valueOf(first.next())));
        assertThat(first.items()).extracting(SessionSummary::id).containsExactly("d", "c");
        assertThat(second.items()).extracting(SessionSummary::id).containsExactly("b", "a");
    }

    @Test
    void s05_filtersByPrefixLabelParentAndState() {
        storage.sessions()
                .create("order/1", AGENT, new Metadata(null, "p", null, null, null, Map.of("x", "1", "y", "2")));
        storage.sessions().create("order/2", AGENT, new Metadata(null, "q", null, null, null, Map.of("x", "1")));
        create("mail/1");
        accept("mail/2", "t-1", "Hello");
        acceptAndStart("mail/3", "t-2", "Hello");
        Started started = acceptAndStart("mail/4", "t-3", "Hello");
        storage.turns().suspend(Waits.suspension(started, Waits.approval(started, "wait-1")));

        assertThat(ids(new Query("order/", Map.of(), null, null))).containsExactly("order/1", "order/2");
        assertThat(ids(new Query("order_", Map.of(), null, null))).isEmpty();
        assertThat(ids(new Query("", Map.of("x", "1"), null, null))).containsExactly("order/1", "order/2");
        assertThat(ids(new Query("", Map.of("x", "1", "y", "2"), null, null))).containsExactly("order/1");
        assertThat(ids(new Query("", Map.of(), "q", null))).containsExactly("order/2");
        assertThat(ids(new Query("mail", Map.of(), null, SessionSummary.State.IDLE)))
                .containsExactly("mail/1");
        assertThat(ids(new Query("", Map.of(), null, SessionSummary.State.PENDING)))
                .containsExactly("mail/2");
        assertThat(ids(new Query("", Map.of(), null, SessionSummary.State.RUNNING)))
                .containsExactly("mail/3");
        assertThat(ids(new Query("", Map.of(), null, SessionSummary.State.SUSPENDED)))
                .containsExactly("mail/4");
    }

    private List<String> ids(Query query) {
        return storage.sessions().list(query, PageRequest.first(100)).items().stream()
                .map(SessionSummary::id)
                .sorted()
                .toList();
    }

    @Test
    void s05_aSummarySaysWhatTheSessionIs() {
        storage.sessions().create("s", AGENT, TITLED);
        tick(Duration.ofSeconds(5));
        turn("s", "t-1", "The first question", "An answer");
        turn("s", "t-2", "The second question", "An answer");
        assertThat(storage.sessions().list(Query.ALL, PageRequest.first(10)).items())
                .containsExactly(new SessionSummary(
                        "s",
                        "agent",
                        2,
                        SessionSummary.State.IDLE,
                        ManualClock.BEGINNING,
                        ManualClock.BEGINNING.plusSeconds(5),
                        "The first question",
                        2,
                        TITLED));
    }

    @Test
    void s05_metadataCanBeChangedAtAnyTime() {
        create("s");
        acceptAndStart("s", "t-1", "Hello");
        storage.sessions().describe("s", TITLED);
        assertThat(storage.sessions().find("s").orElseThrow().metadata()).isEqualTo(TITLED);
        reopen();
        assertThat(storage.sessions().find("s").orElseThrow().metadata()).isEqualTo(TITLED);
    }

    @Test
    void s05_headsAreThoseOfLivingSessions() {
        turn("s", "t-1", "Hello", "Hi");
        create("new");
        create("gone");
        storage.sessions().delete("gone");
        assertThat(storage.sessions().heads(List.of("s", "new", "gone", "never")))
                .isEqualTo(Map.of("s", 1L, "new", 0L));
    }

    // ---- S35

    @Test
    void s35_aStorageSaysWhatItIsAndEachOpeningHasAName() {
        var traits = storage.traits();
        assertThat(traits.name()).isNotBlank();
        assertThat(traits.incarnation()).isNotBlank();
        reopen();
        assertThat(storage.traits().incarnation()).isNotEqualTo(traits.incarnation());
        assertThat(storage.traits().name()).isEqualTo(traits.name());
    }

    @Test
    void s35_whatCallsItselfDurableSurvivesReopening() {
        turn("s", "t-1", "Hello", "Hi");
        boolean durable = storage.traits().durable();
        reopen();
        if (durable) {
            assertThat(texts("s")).containsExactly("Hello", "Hi");
        }
    }

    @Test
    void s35_openingAnOpenStorageIsHarmless() {
        turn("s", "t-1", "Hello", "Hi");
        storage.open(clock);
        assertThat(texts("s")).containsExactly("Hello", "Hi");
    }

    @Test
    void s03_theTurnsOfADeletedSessionAreNotFoundForSessionsOfOtherIds() {
        turn("s", "t-1", "Hello", "Hi");
        create("other");
        assertThat(storage.turns().find("other", new TurnId("t-1"))).isEmpty();
    }
}
