package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.session.SessionSummary.Metadata;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Scope;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.TurnRow;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The writer's rows. Each of a turn's transactions reads the same session, lease and turn, which this connection wrote
 * itself a moment ago, so it remembers a bounded number of them, as they are stored. It forgets all when a transaction
 * is undone and when another connection has written, which the database tells at each beginning.
 */
final class RecentRows extends SqlRows {
    private static final int MOST = 2_048;

    private final Map<String, SessionRow> sessions = new Recent<>();
    private final Map<Turn, TurnRow> turns = new Recent<>();
    private final Map<Scope, Lease> leases = new Recent<>();

    RecentRows(Statements sql, Dialect dialect, Environment environment) {
        super(sql, dialect, environment);
    }

    private record Turn(String session, TurnId id) {}

    /** The least recently used one goes. */
    private static final class Recent<K, V> extends LinkedHashMap<K, V> {
        private static final long serialVersionUID = 1L;

        Recent() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > MOST;
        }
    }

    @Override
    void forget() {
        sessions.clear();
        turns.clear();
        leases.clear();
    }

    @Override
    public @Nullable SessionRow session(String id) {
        SessionRow known = sessions.get(id);
        SessionRow row = known == null ? super.session(id) : known;
        if (row != null && known == null) {
            sessions.put(id, row);
        }
        return row;
    }

    @Override
    public void updateWork(SessionRow row) {
        super.updateWork(row);
        sessions.computeIfPresent(row.id(), (id, there) -> there.work(row.openTurn(), Micros.wholeOrNull(row.due())));
    }

    @Override
    public void updateHead(SessionRow row) {
        super.updateHead(row);
        sessions.computeIfPresent(row.id(), (id, there) -> moved(there, row));
    }

    /** The row as it is after its head was updated. */
    static SessionRow moved(SessionRow there, SessionRow next) {
        return new SessionRow(
                there.id(),
                there.agent(),
                next.head(),
                next.openTurn(),
                next.facts(),
                there.metadata(),
                there.createdAt(),
                Micros.whole(next.updatedAt()),
                Micros.wholeOrNull(next.due()),
                false);
    }

    @Override
    public void updateMetadata(String id, Metadata metadata) {
        super.updateMetadata(id, metadata);
        sessions.remove(id);
    }

    @Override
    public void bury(String id, Instant at) {
        super.bury(id, at);
        sessions.remove(id);
        leases.remove(Scope.session(id));
    }

    @Override
    public int reclaim(int most) {
        forget();
        return super.reclaim(most);
    }

    @Override
    public @Nullable TurnRow turn(String session, TurnId id) {
        TurnRow known = turns.get(new Turn(session, id));
        return known == null ? remember(super.turn(session, id)) : known;
    }

    /** An ended turn is read once more at most. */
    private @Nullable TurnRow remember(@Nullable TurnRow row) {
        if (row != null && row.ending() == null) {
            turns.put(new Turn(row.session(), row.id()), row);
        }
        return row;
    }

    @Override
    public void insertTurn(TurnRow row) {
        super.insertTurn(row);
        remember(whole(row));
    }

    @Override
    public void updateTurn(TurnRow row) {
        super.updateTurn(row);
        turns.remove(new Turn(row.session(), row.id()));
        remember(whole(row));
    }

    @Override
    public @Nullable Lease lease(Scope scope) {
        Lease known = leases.get(scope);
        Lease row = known == null ? super.lease(scope) : known;
        if (row != null && known == null) {
            leases.put(scope, row);
        }
        return row;
    }

    @Override
    public void putLease(Lease lease) {
        super.putLease(lease);
        leases.put(
                lease.scope(),
                new Lease(
                        lease.scope(),
                        lease.holder(),
                        lease.generation(),
                        Micros.whole(lease.acquiredAt()),
                        Micros.whole(lease.expiresAt())));
    }

    /** As it comes back from the database. */
    static TurnRow whole(TurnRow row) {
        var times = row.times();
        return row.with(new TurnRow.Times(
                Micros.whole(times.openedAt()),
                Micros.duration(Micros.of(times.driven())),
                Micros.wholeOrNull(times.notBefore()),
                Micros.wholeOrNull(times.endedAt())));
    }
}
