package dev.turnbuckle.store.plan;

import java.time.Instant;

/**
 * The rows of one transaction: reading and writing them, no decisions. A backend that can do this under a serialised
 * transaction gets every rule from {@link RowStorage}. Used by one thread.
 */
public interface Rows
        extends RowGroups.OfSessions,
                RowGroups.OfHistory,
                RowGroups.OfTurns,
                RowGroups.OfInbox,
                RowGroups.OfJournal,
                RowGroups.OfLeases,
                RowGroups.OfBlobs {
    /** Tells what comes next; nothing for a backend whose rows are near. */
    default void ahead(Ahead next) {}

    /** The clock that leases expire by (L6). */
    Instant now();
}
