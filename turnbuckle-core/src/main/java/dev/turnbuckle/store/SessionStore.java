package dev.turnbuckle.store;

import dev.turnbuckle.session.Entry;
import dev.turnbuckle.session.Page;
import dev.turnbuckle.session.PageRequest;
import dev.turnbuckle.session.SessionSummary;
import dev.turnbuckle.session.SessionSummary.Metadata;
import dev.turnbuckle.session.Usage;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sessions, their history and their commits (rules S). Each call is one transaction. A deleted id fails with
 * {@link dev.turnbuckle.error.SessionDeletedException}.
 */
public interface SessionStore {
    /** @return whether this call made it; an existing one keeps its metadata (S2) */
    boolean create(String id, String agent, Metadata metadata);

    /** @return whether there was something to delete; the tombstone stays (S3) */
    boolean delete(String id);

    /** Empty for an id that was never used. A deleted one has {@code deleted} set. */
    Optional<SessionRow> find(String id);

    /** Newest activity first (S5). */
    Page<SessionSummary> list(Query query, PageRequest page);

    void describe(String id, Metadata metadata);

    /** Newest revisions of those that exist. */
    Map<String, Long> heads(Collection<String> ids);

    /** The active path in root-to-head order (S16). */
    List<Entry> path(String id, From from);

    /** One entry by identity, if it is of this session's lineage. */
    Optional<Entry> entry(String id, Commit.Position position);

    /** The components of the checkpoint at the head, without their bytes. */
    Map<String, Component> components(String id);

    CommitResult commit(Commit commit);

    /** Moves the head outside a turn; refused while a turn is open or the lease is another's (T7). */
    Move.Done move(Move move);

    /** Sum of the session's usage rows (S32). */
    Usage usage(String id);

    /** Where a reading of the path begins. */
    sealed interface From {
        record Root() implements From {}

        /** The newest compaction's summary, then the entries that it keeps (S20). */
        record NewestCompaction() implements From {}

        /** Entries from this depth on. */
        record Depth(long depth) implements From {}

        static From root() {
            return new Root();
        }
    }

    /** Filters of a list; {@code null} and empty mean any. */
    record Query(
            String prefix,
            Map<String, String> labels,
            @Nullable String parent,
            SessionSummary.@Nullable State state) {
        public static final Query ALL = new Query("", Map.of(), null, null);
    }
}
