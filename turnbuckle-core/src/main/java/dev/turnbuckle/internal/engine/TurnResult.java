package dev.turnbuckle.internal.engine;

import dev.turnbuckle.session.Command;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.Component;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.UsageRow;
import dev.turnbuckle.store.WaitRow;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a drive ended; what the worker does with it is one commit, one suspension, or nothing. */
public sealed interface TurnResult {
    /**
     * To be committed.
     *
     * @param journal everything the turn did, recorded or not
     * @param sends what tools send with the commit
     * @param components {@code null} when no state changed
     * @param unlessSteered what joins at the last safe point is asked with the commit, see {@link TurnLoop#steered}
     * @param command what the turn does to the session instead of answering
     */
    record Ended(
            TurnOutcome outcome,
            List<Message> entries,
            List<Long> inputs,
            List<Inbox.NewInput> sends,
            List<UsageRow> usage,
            @Nullable Map<String, Component> components,
            List<JournalEntry> journal,
            List<Blob> blobs,
            boolean unlessSteered,
            @Nullable Command command)
            implements TurnResult {}

    /** @param entries journal entries and blobs that are not recorded yet */
    record Waiting(List<WaitRow> waits, List<JournalEntry> entries, List<Blob> blobs) implements TurnResult {}

    /** The journal does not fit what this program asks (T4). */
    record Mismatch(Ended asFailure, String message) implements TurnResult {}

    record LeaseLost(String why) implements TurnResult {}

    record Drained() implements TurnResult {}
}
