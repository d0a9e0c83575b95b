package dev.turnbuckle.testkit.tck;

import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.SessionSummary.Metadata;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.Component;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Turns.Started;
import dev.turnbuckle.store.UsageRow;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The commit of a started turn in the making: it settles the turn's inputs and appends what {@link #says} was told. */
record CommitDraft(
        Commit.Target target,
        Commit.History history,
        Commit.State state,
        Commit.Settlement settlement,
        Commit.Record record) {
    static CommitDraft of(Started started) {
        var turn = started.turn().id();
        List<Long> inputs = started.inputs().stream().map(InboxItem::sequence).toList();
        return new CommitDraft(
                new Commit.Target(
                        started.session().id(),
                        turn,
                        started.lease(),
                        started.session().head().revision(),
                        false,
                        started),
                Commit.History.append(List.of()),
                Commit.State.UNCHANGED,
                Commit.Settlement.applied(inputs, List.of()),
                new Commit.Record(
                        new TurnOutcome.Answered(turn, "done", Usage.NONE), Blob.of("record"), List.of(), List.of()));
    }

    static Message assistant(String text) {
        return Message.of(Message.Role.ASSISTANT, List.of(new Part.Text(text)));
    }

    Commit commit() {
        return new Commit(target, history, state, settlement, record);
    }

    /** A question and its answer for each pair of texts; the last may be a question alone. */
    CommitDraft says(String... texts) {
        var messages = new java.util.ArrayList<Message>();
        for (int i = 0; i < texts.length; i++) {
            messages.add(i % 2 == 0 ? Message.user(texts[i]) : assistant(texts[i]));
        }
        return with(new Commit.History(history.base(), messages, history.compaction()));
    }

    CommitDraft from(Commit.Position base) {
        return with(new Commit.History(base, history.entries(), history.compaction()));
    }

    CommitDraft compacting(long keepsFrom) {
        return with(new Commit.History(history.base(), history.entries(), keepsFrom));
    }

    private CommitDraft with(Commit.History next) {
        return new CommitDraft(target, next, state, settlement, record);
    }

    CommitDraft expecting(long revision) {
        return with(new Commit.Target(
                target.session(), target.turn(), target.lease(), revision, target.unlessSteered(), target.from()));
    }

    CommitDraft unlessSteered() {
        return with(new Commit.Target(
                target.session(), target.turn(), target.lease(), target.expectedRevision(), true, target.from()));
    }

    CommitDraft under(Lease lease) {
        return with(new Commit.Target(
                target.session(),
                target.turn(),
                lease,
                target.expectedRevision(),
                target.unlessSteered(),
                target.from()));
    }

    private CommitDraft with(Commit.Target next) {
        return new CommitDraft(next, history, state, settlement, record);
    }

    CommitDraft components(Map<String, Component> components) {
        return new CommitDraft(target, history, new Commit.State(components, state.metadata()), settlement, record);
    }

    CommitDraft metadata(Metadata metadata) {
        return new CommitDraft(target, history, new Commit.State(state.components(), metadata), settlement, record);
    }

    CommitDraft settling(Long... inputs) {
        return with(new Commit.Settlement(
                Arrays.asList(inputs), settlement.dead(), settlement.sends(), settlement.usage()));
    }

    CommitDraft dead() {
        return with(new Commit.Settlement(settlement.inputs(), true, settlement.sends(), settlement.usage()));
    }

    CommitDraft sends(Inbox.NewInput... sends) {
        return with(new Commit.Settlement(settlement.inputs(), settlement.dead(), List.of(sends), settlement.usage()));
    }

    CommitDraft usage(UsageRow... usage) {
        return with(new Commit.Settlement(settlement.inputs(), settlement.dead(), settlement.sends(), List.of(usage)));
    }

    private CommitDraft with(Commit.Settlement next) {
        return new CommitDraft(target, history, state, next, record);
    }

    CommitDraft outcome(TurnOutcome outcome) {
        return with(new Commit.Record(outcome, record.turnRecord(), record.attachments(), record.parts()));
    }

    CommitDraft turnRecord(String text) {
        return with(new Commit.Record(record.outcome(), Blob.of(text), record.attachments(), record.parts()));
    }

    CommitDraft attachments(Blob... blobs) {
        return with(new Commit.Record(record.outcome(), record.turnRecord(), List.of(blobs), record.parts()));
    }

    private CommitDraft with(Commit.Record next) {
        return new CommitDraft(target, history, state, settlement, next);
    }
}
