package dev.turnbuckle.store;

import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.WaitId;
import java.util.List;
import java.util.Optional;

/** Effects and waits (rules J). Each call is one transaction. */
public interface Journal {
    /** Inserts what is absent and completes what was only started, under the lease's fence (J3). */
    RecordResult record(Lease lease, TurnId turn, List<JournalEntry> entries, List<Blob> blobs);

    /** The open turn's entries in key order; empty after its commit. */
    List<JournalEntry> read(String session, TurnId turn);

    Optional<WaitRow> findWait(WaitId id);

    /** Not yet decided, oldest first; of one session, or of all when {@code session} is empty. */
    List<OpenWait> openWaits(Optional<String> session, int most);

    /**
     * First resolution wins; makes the turn ready in the same transaction (J15, T5).
     *
     * @return empty when no such wait is known: forged, revoked and deleted look alike
     */
    Optional<Decision> resolve(WaitId id, Decision.Answer answer, String by);

    /** Resolves every open wait of a session as cancelled; how many (J18). */
    int cancelWaits(String session, String by);

    sealed interface RecordResult {
        /**
         * @param existing entries of the batch that were recorded before, as they are stored
         * @param steered an input waits that joins this turn at its next safe point (Q5)
         */
        record Recorded(List<JournalEntry> existing, boolean cancelRequested, boolean steered)
                implements RecordResult {}

        record LeaseLost(String why) implements RecordResult {}
    }
}
