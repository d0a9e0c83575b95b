package dev.turnbuckle.store.plan;

import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.Entry;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.SessionSummary.Metadata;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Scope;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.SessionStore;
import dev.turnbuckle.store.TurnRow;
import dev.turnbuckle.store.UsageRow;
import dev.turnbuckle.store.WaitRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The groups of {@link Rows}. */
public final class RowGroups {
    private RowGroups() {}

    public interface OfSessions {
        @Nullable SessionRow session(String id);

        void insertSession(SessionRow row);

        /** Open turn and due time only. */
        void updateWork(SessionRow row);

        /** Head, facts, open turn, due and updated time. */
        void updateHead(SessionRow row);

        /** @param first whether only a session that takes no share yet is to take this one */
        void updateShare(String id, String share, boolean first);

        void updateMetadata(String id, Metadata metadata);

        /** Marks it deleted and removes its lease, inbox and waits. */
        void bury(String id, Instant at);

        /** Ordered by updated time, newest first, then id; strictly after the anchor. */
        List<SessionRow> sessions(SessionStore.Query query, @Nullable Anchor after, int most);

        /** {@link dev.turnbuckle.store.Inbox#due}, by the clock of these rows. */
        List<String> due(Set<String> agents, Duration since, int most);

        /** {@link dev.turnbuckle.store.Inbox#dueByShare}, by the clock of these rows. */
        List<Inbox.Share> dueByShare(Set<String> agents, Duration since, String after, int most, int each);

        /**
         * Makes those of these that are due, and that nobody else changes now, due that much later. Only where
         * {@link Transactions#tellsChosen} says so.
         */
        default List<String> choose(List<String> sessions, Duration later) {
            return sessions;
        }

        /** {@link dev.turnbuckle.store.Inbox#untilDue}, by the clock of these rows. */
        @Nullable Duration untilDue(Set<String> agents);

        /** Removes what deleted sessions left, at most so many rows. */
        int reclaim(int most);

        record Anchor(Instant updatedAt, String id) {}
    }

    public interface OfHistory {
        long insertBranch(String session, long parentBranch, long parentDepth, long nextDepth);

        @Nullable Branch branch(long id);

        void updateNextDepth(long branch, long nextDepth);

        void insertEntry(long branch, long depth, TurnId turn, String message, String chain);

        /** Of one branch, depth from and to inclusive, ascending. */
        List<Entry> entries(long branch, long from, long to);

        void insertCompaction(long branch, long depth, long keepsFrom);

        /** The newest one on this branch at or before the depth. */
        @Nullable Compaction compaction(long branch, long atMostDepth);

        record Branch(long id, String session, long parentBranch, long parentDepth, long nextDepth) {}

        record Compaction(long depth, long keepsFrom) {}

        void insertUsage(String session, UsageRow row);

        Usage usage(String session);
    }

    public interface OfTurns {
        @Nullable TurnRow turn(String session, TurnId id);

        void insertTurn(TurnRow row);

        void updateTurn(TurnRow row);

        /** Newest first, by opening order. */
        List<TurnRow> turns(String session, @Nullable String after, int most);
    }

    public interface OfInbox {
        /** @return the sequence that the store gave it */
        long insertInbox(InboxItem item, String contentHash);

        @Nullable InboxItem inbox(long sequence);

        @Nullable InboxItem inboxByKey(String session, String key);

        String contentHash(long sequence);

        @Nullable InboxItem inboxByTurn(String session, TurnId turn);

        /** Pending rows in order. */
        List<InboxItem> pending(String session, int most);

        /** Whether its pending rows are worth a look by somebody who wants only those that steer; most often they are not. */
        default boolean maySteer(String session) {
            return true;
        }

        @Nullable Instant earliestPending(String session);

        List<InboxItem> claimedBy(String session, TurnId turn);

        List<InboxItem> inboxOf(String session, long fromSequence, Set<InboxItem.State> states);

        void updateInbox(long sequence, InboxItem.Status status);
    }

    public interface OfJournal {
        /** Inserts what is absent and gives a started entry its outcome; false when the stored one stays as it is. */
        boolean recordJournal(String session, TurnId turn, JournalEntry entry);

        /**
         * Records all of these under the lease of a turn that runs, none of which was recorded before, and ends the
         * transaction.
         *
         * @return null where that is not so, or the backend cannot do it in one step; nothing was done then
         */
        default @Nullable AtOnce recordAtOnce(Lease lease, TurnId turn, List<JournalEntry> entries) {
            return null;
        }

        /** What {@link dev.turnbuckle.store.Journal.RecordResult.Recorded} says beside it. */
        record AtOnce(boolean cancelRequested, boolean steered) {}

        @Nullable JournalEntry journalEntry(String session, TurnId turn, String key);

        List<JournalEntry> journal(String session, TurnId turn);

        void deleteJournal(String session, TurnId turn);

        void insertWait(WaitRow row);

        @Nullable WaitRow wait(WaitId id);

        List<WaitRow> waits(String session, TurnId turn);

        List<OpenWait> openWaits(@Nullable String session, int most);

        /** Stores that whom the wait's escalation names was told. */
        void escalateWait(WaitId id);

        void decideWait(WaitId id, Decision decision);
    }

    public interface OfLeases {
        @Nullable Lease lease(Scope scope);

        void putLease(Lease lease);

        List<Lease> liveLeases();
    }

    public interface OfBlobs {
        /** Stored once. */
        void putBlob(StoredBlob blob);

        boolean hasBlob(String hash);

        @Nullable StoredBlob blob(String hash);

        /** @param codec name of the {@link dev.turnbuckle.store.PayloadCodec} that made the bytes */
        @SuppressWarnings("ArrayRecordComponent") // passed through, never compared
        record StoredBlob(String hash, String codec, long size, byte[] bytes) {}
    }
}
