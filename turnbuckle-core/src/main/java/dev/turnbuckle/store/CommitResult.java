package dev.turnbuckle.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of a commit. In every case but the first nothing changed. */
public sealed interface CommitResult {
    /**
     * @param repeated the same commit had landed before; nothing was written (S11)
     * @param droppedTo deleted sessions whose rows were dropped (S4)
     * @param after the session as it is now: its head, and when it is due again; {@code null} when repeated
     * @param hashes of the entries that it added to the history, in order; of none when repeated
     */
    record Committed(
            long revision,
            boolean repeated,
            List<String> droppedTo,
            @Nullable SessionRow after,
            List<String> hashes) implements CommitResult {}

    /** Somebody else moved the head (S7). */
    record Conflict(long expected, long actual) implements CommitResult {}

    record LeaseLost(String why) implements CommitResult {}

    /** The gate was set before this commit (T8). */
    record CancelledBefore(@Nullable String by, @Nullable String reason) implements CommitResult {}

    /** The commit was to wait for steers, and one is there (Q5): the turn goes on. */
    record Steered() implements CommitResult {}

    /** An input of the settlement is not claimed by this turn any more (Q12). */
    record ClaimLost(long sequence) implements CommitResult {}

    /** The turn has ended with another meaning (S11). */
    record CommittedDifferently(long revision) implements CommitResult {}

    /** @param limit {@code bytes} or {@code rows} (S13) */
    record OverBudget(String limit, long most, long actual) implements CommitResult {}
}
