package dev.turnbuckle.testkit.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.session.Entry;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.store.Commit.Position;
import dev.turnbuckle.store.SessionStore.From;
import dev.turnbuckle.store.Turns.Started;
import java.util.List;
import org.junit.jupiter.api.Test;

/** S14 to S16 and S20: entries, branches, the active path. */
public abstract class HistoryContract extends StorageContract {
    private List<Entry> path(String session) {
        return storage.sessions().path(session, From.root());
    }

    private static Position at(Entry entry) {
        return new Position(entry.branch(), entry.depth());
    }

    private Entry append(String session, String turn, String text) {
        committed(CommitDraft.of(acceptAndStart(session, turn, text)).says(text));
        return path(session).getLast();
    }

    /** A turn whose entry grows from an earlier one. */
    private Entry branch(String session, String turn, Entry from, String text) {
        committed(CommitDraft.of(acceptAndStart(session, turn, text)).says(text).from(at(from)));
        return path(session).getLast();
    }

    // ---- S14

    @Test
    void s14_entriesAreNumberedByDepthOnOneBranch() {
        for (int i = 1; i <= 4; i++) {
            append("s", "t-" + i, "text " + i);
        }
        List<Entry> path = path("s");
        assertThat(path).extracting(Entry::depth).containsExactly(1L, 2L, 3L, 4L);
        assertThat(path).extracting(Entry::branch).containsOnly(path.getFirst().branch());
        assertThat(path).extracting(e -> e.turn().value()).containsExactly("t-1", "t-2", "t-3", "t-4");
    }

    @Test
    void s14_anEntryIsNeverChanged() {
        Entry first = append("s", "t-1", "text 1");
        Entry second = append("s", "t-2", "text 2");
        branch("s", "t-3", first, "another 2");
        append("s", "t-4", "another 3");
        reopen();
        assertThat(storage.sessions().entry("s", at(first))).contains(first);
        assertThat(storage.sessions().entry("s", at(second))).contains(second);
    }

    @Test
    void s14_appendingAnywhereButAtTheEndOpensANewBranch() {
        Entry first = append("s", "t-1", "text 1");
        Entry second = append("s", "t-2", "text 2");
        Entry other = branch("s", "t-3", first, "another 2");
        assertThat(other.branch()).isNotEqualTo(first.branch());
        assertThat(other.depth()).isEqualTo(2);
        assertThat(texts("s")).containsExactly("text 1", "another 2");
        Entry back = branch("s", "t-4", second, "text 3");
        assertThat(back.branch()).as("the end of its branch").isEqualTo(second.branch());
        assertThat(texts("s")).containsExactly("text 1", "text 2", "text 3");
        Entry again = branch("s", "t-5", second, "another 3");
        assertThat(again.branch()).isNotIn(first.branch(), other.branch());
        assertThat(texts("s")).containsExactly("text 1", "text 2", "another 3");
    }

    @Test
    void s14_sessionsShareNoBranch() {
        Entry one = append("s", "t-1", "text");
        Entry two = append("s2", "t-2", "text");
        assertThat(one.branch()).isNotEqualTo(two.branch());
    }

    @Test
    void s14_everyPartOfAMessageComesBackAsItWas() {
        var message = new Message(
                Message.Role.ASSISTANT,
                List.of(
                        new Part.Text("text with \"quotes\", ünïcode 🚀 and\nlines"),
                        new Part.Reasoning("thought", "signature"),
                        new Part.Reasoning("thought", null),
                        new Part.ToolCall("call-1", "refund", "{\"order\": \"A-17\",  \"cents\":12000}"),
                        new Part.ToolResult("call-1", "refund", "refunded", true),
                        new Part.AttachmentRef("ab".repeat(32), "image/png", 3, "a.png"),
                        new Part.Opaque("vendor", "{\"x\":[1,2]}")),
                true);
        Started started = acceptAndStart("s", "t-1", "Hello");
        var draft = CommitDraft.of(started);
        storage.sessions()
                .commit(new dev.turnbuckle.store.Commit(
                        draft.target(),
                        dev.turnbuckle.store.Commit.History.append(List.of(message)),
                        draft.state(),
                        draft.settlement(),
                        draft.record()));
        reopen();
        assertThat(path("s")).extracting(Entry::message).containsExactly(message);
    }

    // ---- S15

    @Test
    void s15_anAppendContinuesTheStoredHead() {
        append("s", "t-1", "text 1");
        Entry second = append("s", "t-2", "text 2");
        var head = storage.sessions().find("s").orElseThrow().head();
        assertThat(head.branch()).isEqualTo(second.branch());
        assertThat(head.depth()).isEqualTo(2);
        assertThat(head.chain()).isEqualTo(second.chain());
    }

    @Test
    void s15_aParentInAnotherSessionsHistoryIsRefusedAndNothingChanges() {
        Entry foreign = append("s2", "t-0", "foreign");
        append("s", "t-1", "text 1");
        refused(at(foreign));
    }

    @Test
    void s15_aParentThatDoesNotExistIsRefusedAndNothingChanges() {
        Entry first = append("s", "t-1", "text 1");
        refused(new Position(first.branch(), 2));
        refused(new Position(first.branch() + 1_000, 1));
    }

    private void refused(Position base) {
        Started started = acceptAndStart("s", "t-refused-" + base.branch() + base.depth(), "Hello");
        changingNothing(() -> assertThatThrownBy(
                        () -> commit(CommitDraft.of(started).says("Hello").from(base)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("(" + base.branch() + ", " + base.depth() + ")")
                .hasMessageContaining("\"s\""));
        committed(CommitDraft.of(started).settling(started.inputs().getFirst().sequence()));
    }

    @Test
    void s15_aHeadMayBeMovedToAnEntryOfItsOwnLineage() {
        Entry first = append("s", "t-1", "text 1");
        append("s", "t-2", "text 2");
        committed(CommitDraft.of(acceptAndStart("s", "t-3", "back")).from(at(first)));
        assertThat(texts("s")).containsExactly("text 1");
    }

    @Test
    void s15_theChainCoversEverythingBeforeAnEntry() {
        Entry a1 = append("a", "a-1", "one");
        Entry a2 = append("a", "a-2", "two");
        Entry b1 = append("b", "b-1", "one");
        Entry b2 = append("b", "b-2", "two");
        Entry c1 = append("c", "c-1", "another");
        Entry c2 = append("c", "c-2", "two");
        assertThat(b1.chain()).isEqualTo(a1.chain());
        assertThat(b2.chain()).isEqualTo(a2.chain());
        assertThat(c1.chain()).isNotEqualTo(a1.chain());
        assertThat(c2.chain()).isNotEqualTo(a2.chain());
        // sha256(64 zeros, NUL, sha256(the message's JSON)): stored for ever
        assertThat(a1.chain()).isEqualTo("1c71c1c3eba07261394def541375fb92569c23858d46a2e6c27eb968f47e4848");
    }

    // ---- S16

    @Test
    void s16_thePathIsReadRootToHeadAcrossBranches() {
        Entry first = append("s", "t-1", "1");
        append("s", "t-2", "2");
        append("s", "t-3", "3");
        Entry second = branch("s", "t-4", first, "2b");
        append("s", "t-5", "3b");
        branch("s", "t-6", second, "3c");
        append("s", "t-7", "4c");
        assertThat(texts("s")).containsExactly("1", "2b", "3c", "4c");
        assertThat(path("s")).extracting(Entry::depth).containsExactly(1L, 2L, 3L, 4L);
        assertThat(path("s").stream().map(Entry::branch).distinct()).hasSize(3);
        assertThat(texts("s", new From.Depth(2))).containsExactly("2b", "3c", "4c");
        assertThat(texts("s", new From.Depth(3))).containsExactly("3c", "4c");
        assertThat(texts("s", new From.Depth(4))).containsExactly("4c");
        assertThat(texts("s", new From.Depth(5))).isEmpty();
        assertThat(texts("s", new From.Depth(-1))).containsExactly("1", "2b", "3c", "4c");
    }

    @Test
    void s16_aSessionWithoutCommitsHasAnEmptyPath() {
        accept("s", "t-1", "Hello");
        assertThat(path("s")).isEmpty();
        assertThat(path("never")).isEmpty();
        assertThat(texts("s", new From.NewestCompaction())).isEmpty();
    }

    @Test
    void s16_oneEntryIsReadByItsIdentityWithinTheLineageAlone() {
        Entry first = append("s", "t-1", "1");
        Entry left = append("s", "t-2", "2");
        branch("s", "t-3", first, "2b");
        append("s2", "t-4", "other");
        assertThat(storage.sessions().entry("s", at(first))).contains(first);
        assertThat(storage.sessions().entry("s", at(left)))
                .as("off the path, on its own branch")
                .contains(left);
        assertThat(storage.sessions().entry("s2", at(first))).isEmpty();
        assertThat(storage.sessions().entry("s", new Position(first.branch(), 99)))
                .isEmpty();
        assertThat(storage.sessions().entry("s", new Position(9_999, 1))).isEmpty();
    }

    @Test
    void s16_aCompactedPathWithoutCompactionIsTheWhole() {
        append("s", "t-1", "1");
        append("s", "t-2", "2");
        assertThat(texts("s", new From.NewestCompaction())).containsExactly("1", "2");
    }

    // ---- S20

    private void compact(String turn, String summary, long keepsFrom) {
        committed(
                CommitDraft.of(acceptAndStart("s", turn, summary)).says(summary).compacting(keepsFrom));
    }

    private List<String> seen() {
        return texts("s", new From.NewestCompaction());
    }

    @Test
    void s20_theModelSeesTheSummaryAndWhatIsKeptAndEverythingStaysReadable() {
        for (int i = 1; i <= 4; i++) {
            append("s", "t-" + i, "text " + i);
        }
        compact("t-5", "summary of 1 and 2", 3);
        append("s", "t-6", "text 6");
        assertThat(seen()).containsExactly("summary of 1 and 2", "text 3", "text 4", "text 6");
        assertThat(texts("s")).containsExactly("text 1", "text 2", "text 3", "text 4", "summary of 1 and 2", "text 6");
    }

    @Test
    void s20_aCompactionMayKeepNothing() {
        append("s", "t-1", "text 1");
        append("s", "t-2", "text 2");
        compact("t-3", "summary", 3);
        append("s", "t-4", "text 4");
        assertThat(seen()).containsExactly("summary", "text 4");
    }

    @Test
    void s20_theNewestCompactionOnThePathCounts() {
        append("s", "t-1", "text 1");
        append("s", "t-2", "text 2");
        compact("t-3", "summary A", 2);
        append("s", "t-4", "text 4");
        compact("t-5", "summary B", 4);
        assertThat(seen()).containsExactly("summary B", "text 4");
    }

    @Test
    void s20_aCompactionOnAnotherBranchDoesNotCount() {
        append("s", "t-1", "text 1");
        Entry second = append("s", "t-2", "text 2");
        compact("t-3", "summary", 3);
        branch("s", "t-4", second, "text 3b");
        assertThat(seen()).containsExactly("text 1", "text 2", "text 3b");
    }

    @Test
    void s20_aCompactionBeforeTheBranchPointIsInherited() {
        append("s", "t-1", "text 1");
        append("s", "t-2", "text 2");
        compact("t-3", "summary", 2);
        Entry fourth = append("s", "t-4", "text 4");
        append("s", "t-5", "text 5");
        branch("s", "t-6", fourth, "text 5b");
        assertThat(seen()).containsExactly("summary", "text 2", "text 4", "text 5b");
    }

    @Test
    void s20_aCompactionCannotKeepFromWhatIsNotThere() {
        append("s", "t-1", "text 1");
        Started started = acceptAndStart("s", "t-2", "Hello");
        for (long keeps : new long[] {0, -1, 3}) {
            changingNothing(() -> assertThatThrownBy(
                            () -> commit(CommitDraft.of(started).says("summary").compacting(keeps)))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining(String.valueOf(keeps)));
        }
    }
}
