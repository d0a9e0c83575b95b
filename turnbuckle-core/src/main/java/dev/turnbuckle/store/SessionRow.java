package dev.turnbuckle.store;

import dev.turnbuckle.internal.codec.Hash;
import dev.turnbuckle.session.SessionSummary.Metadata;
import dev.turnbuckle.session.TurnId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A session as it is stored.
 *
 * @param due when there may be something to drive; {@code null} when nothing is expected
 */
public record SessionRow(
        String id,
        String agent,
        Head head,
        @Nullable TurnId openTurn,
        Facts facts,
        Metadata metadata,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant due,
        boolean deleted) {
    /**
     * The session's current entry (rules S).
     *
     * @param branch 0 before the first entry
     * @param chain hash of the whole path up to here
     * @param checkpoint hash of the root, if there is state
     */
    public record Head(
            long revision,
            long branch,
            long depth,
            String chain,
            @Nullable String checkpoint) {
        public static final Head EMPTY = new Head(0, 0, 0, Hash.NONE, null);
    }

    /** What a list shows of the history. */
    public record Facts(String firstUserText, long userMessages) {
        public static final Facts NONE = new Facts("", 0);
    }

    public SessionRow work(@Nullable TurnId open, @Nullable Instant nextDue) {
        return new SessionRow(id, agent, head, open, facts, metadata, createdAt, updatedAt, nextDue, deleted);
    }
}
