package dev.turnbuckle.store.plan;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Component;
import dev.turnbuckle.store.Inbox;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bounds of one commit (S13); {@link Long#MAX_VALUE} is explicitly unbounded. What the commit of a failure cannot leave
 * out, its inputs and its usage, does not count: a turn that is too large still ends.
 */
public record CommitBudget(long bytes, long rows) {
    /** What the commit of a failure needs at least. */
    public static final long LEAST_BYTES = 1_000;

    public static final CommitBudget DEFAULT = new CommitBudget(64L << 20, 20_000);

    public CommitBudget {
        if (bytes < LEAST_BYTES || rows < 1) {
            throw new InvalidInputException("a commit budget has at least " + LEAST_BYTES
                    + " bytes and 1 row, so that a turn can end: " + bytes + " bytes, " + rows + " rows");
        }
    }

    CommitResult.@Nullable OverBudget check(Commit commit, long historyBytes) {
        long total = historyBytes + commit.record().turnRecord().bytes().length;
        for (Inbox.NewInput sent : commit.settlement().sends()) {
            total += sent.content().getBytes(StandardCharsets.UTF_8).length;
        }
        for (var blob : commit.record().attachments()) {
            total += blob.bytes().length;
        }
        for (var blob : commit.record().parts()) {
            total += blob.bytes().length;
        }
        Map<String, Component> components = commit.state().components();
        if (components != null) {
            for (Component c : components.values()) {
                total += c.blob() == null ? 0 : c.blob().bytes().length;
            }
        }
        if (total > bytes) {
            return new CommitResult.OverBudget("bytes", bytes, total);
        }
        long count = (long) commit.history().entries().size()
                + commit.settlement().sends().size()
                + commit.record().attachments().size()
                + (components == null ? 0 : components.size());
        return count > rows ? new CommitResult.OverBudget("rows", rows, count) : null;
    }
}
