package dev.turnbuckle.jdbc;

import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Scope;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.TurnRow;
import dev.turnbuckle.store.WaitRow;
import dev.turnbuckle.store.plan.Ahead;
import dev.turnbuckle.store.plan.RowGroups.OfHistory.Branch;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one transaction has read, as it is after what it has written. A key that is missing was not asked; an empty
 * value was asked and is not there. Everything here belongs to sessions whose rows are locked, or to a snapshot.
 */
final class Fetched {
    /** Sessions whose row is locked, or known not to exist. They stay so until the transaction ends. */
    final Set<String> locked = new HashSet<>();

    final Map<String, Optional<SessionRow>> sessions = new HashMap<>();
    final Map<Scope, Optional<Lease>> leases = new HashMap<>();
    /** As the database has them: what a conditional write compares with. */
    final Map<Scope, Optional<Lease>> storedLeases = new HashMap<>();

    final Map<Ahead.Turn, Optional<TurnRow>> turns = new HashMap<>();
    final Map<Ahead.Turn, List<InboxItem>> claimed = new HashMap<>();
    final Map<Ahead.Turn, List<JournalEntry>> journals = new HashMap<>();
    final Map<Effect, Optional<JournalEntry>> effects = new HashMap<>();
    final Map<Ahead.Turn, List<WaitRow>> waits = new HashMap<>();
    final Map<WaitId, Optional<WaitRow>> waitsById = new HashMap<>();
    final Map<String, List<InboxItem>> pending = new HashMap<>();
    final Map<String, Optional<Instant>> earliest = new HashMap<>();
    /** Sessions without a pending row that steers. */
    final Set<String> steerless = new HashSet<>();

    final Map<Ahead.Key, Optional<InboxItem>> keys = new HashMap<>();
    final Map<Long, String> contentHashes = new HashMap<>();
    final Map<Long, Optional<Branch>> branches = new HashMap<>();
    final Map<String, Boolean> blobs = new HashMap<>();

    /** Numbers that the database gave out and nobody has used yet. */
    final Deque<Long> sequences = new ArrayDeque<>();

    final Map<String, Long> newBranches = new HashMap<>();

    @Nullable Instant now;

    /** Whether the premise that was asked for holds. */
    boolean premise;

    record Effect(Ahead.Turn turn, String key) {}

    /** Rows changed in a way that nobody here followed. */
    void forget() {
        sessions.clear();
        leases.clear();
        storedLeases.clear();
        turns.clear();
        journals.clear();
        effects.clear();
        waits.clear();
        waitsById.clear();
        branches.clear();
        blobs.clear();
        claimed.clear();
        pending.clear();
        steerless.clear();
        earliest.clear();
        keys.clear();
        contentHashes.clear();
    }

    /** A pending row more. */
    void inserted(InboxItem item) {
        pending.remove(item.session());
        steerless.remove(item.session());
        earliest.remove(item.session());
        if (item.key() != null) {
            keys.remove(new Ahead.Key(item.session(), item.key()));
        }
    }

    /** One of the rows is in another state; whose it is, is not said. */
    void updated(long sequence) {
        claimed.clear();
        pending.clear();
        steerless.clear();
        earliest.clear();
        keys.values().removeIf(row -> row.isPresent() && row.get().sequence() == sequence);
    }

    void put(Lease lease) {
        leases.put(lease.scope(), Optional.of(lease));
        storedLeases.put(lease.scope(), Optional.of(lease));
    }

    void put(WaitRow row) {
        var turn = new Ahead.Turn(row.open().session(), row.open().turn());
        waitsById.put(row.open().id(), Optional.of(row));
        waits.computeIfPresent(turn, (t, rows) -> {
            var all = new ArrayList<>(rows);
            all.removeIf(r -> r.open().id().equals(row.open().id()));
            all.add(row);
            all.sort(Comparator.comparing(r -> r.open().id().value()));
            return all;
        });
    }
}
