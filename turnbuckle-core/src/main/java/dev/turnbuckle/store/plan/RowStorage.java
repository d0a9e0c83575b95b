package dev.turnbuckle.store.plan;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.env.HostTransaction;
import dev.turnbuckle.error.SessionDeletedException;
import dev.turnbuckle.store.Blobs;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Journal;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Leases;
import dev.turnbuckle.store.Maintenance;
import dev.turnbuckle.store.PayloadCodec;
import dev.turnbuckle.store.Scope;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.SessionStore;
import dev.turnbuckle.store.SharedTransaction;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.TurnRow;
import dev.turnbuckle.store.Turns;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules, once, for every backend that has rows and transactions: each operation reads its facts, asks a pure
 * decision of this package, and writes what it says, inside one transaction of the backend's.
 */
public final class RowStorage implements Storage {
    private final Transactions transactions;
    private final Limits limits;
    private final RowSessions sessions;
    private final RowTurns turns;
    private final RowInbox inbox;
    private final RowLeases leases;
    private final RowJournal journal;
    private final RowBlobs blobs;

    /** @param limits bounds and the form of blobs at rest */
    public RowStorage(Transactions transactions, Limits limits) {
        this.transactions = transactions;
        this.limits = limits;
        this.blobs = new RowBlobs(transactions, limits.codec());
        this.sessions = new RowSessions(transactions, blobs, limits);
        this.turns = new RowTurns(transactions, blobs);
        this.inbox = new RowInbox(transactions, blobs, limits.inputBytes());
        this.leases = new RowLeases(transactions);
        this.journal = new RowJournal(transactions, blobs);
    }

    /**
     * @param inputBytes bound of one input's content (Q3)
     * @param commit bound of one commit (S13)
     */
    public record Limits(int inputBytes, CommitBudget commit, PayloadCodec codec) {
        public static final Limits DEFAULT = new Limits(1 << 20, CommitBudget.DEFAULT, PayloadCodec.deflate());

        public Limits inputBytes(int most) {
            return new Limits(most, commit, codec);
        }

        public Limits commit(CommitBudget budget) {
            return new Limits(inputBytes, budget, codec);
        }

        public Limits codec(PayloadCodec payload) {
            return new Limits(inputBytes, commit, payload);
        }
    }

    /** @return the row; @throws SessionDeletedException for a tombstone (S4) */
    static @Nullable SessionRow alive(Rows rows, String id) {
        SessionRow row = rows.session(id);
        if (row != null && row.deleted()) {
            throw new SessionDeletedException(id);
        }
        return row;
    }

    /** Stores open turn and due time after a change; the one place that decides when a session is due. */
    static void settleWork(Rows rows, SessionRow session, @Nullable TurnRow open, @Nullable Lease lease) {
        var waits = open == null ? List.<dev.turnbuckle.store.WaitRow>of() : rows.waits(session.id(), open.id());
        var pending = open == null ? rows.earliestPending(session.id()) : null;
        var due = DuePlan.due(open, lease, waits, DuePlan.since(pending, session.due(), rows.now()), rows.now());
        rows.updateWork(session.work(open == null ? null : open.id(), due));
    }

    static @Nullable TurnRow openTurn(Rows rows, SessionRow session) {
        return session.openTurn() == null ? null : rows.turn(session.id(), session.openTurn());
    }

    static @Nullable String lost(Rows rows, Lease lease) {
        return LeasePlan.lost(rows.lease(lease.scope()), lease, rows.now());
    }

    static Scope scope(String session) {
        return Scope.session(session);
    }

    @Override
    public void open(Environment environment) {
        transactions.open(environment);
    }

    @Override
    public Traits traits() {
        return transactions.traits();
    }

    @Override
    public SessionStore sessions() {
        return sessions;
    }

    @Override
    public Turns turns() {
        return turns;
    }

    @Override
    public Inbox inbox() {
        return inbox;
    }

    @Override
    public Leases leases() {
        return leases;
    }

    @Override
    public Journal journal() {
        return journal;
    }

    @Override
    public Blobs blobs() {
        return blobs;
    }

    @Override
    public Maintenance maintenance() {
        return new Maintenance() {
            @Override
            public int reclaim(int mostRows) {
                return transactions.write(rows -> rows.reclaim(mostRows));
            }

            @Override
            public List<Finding> examine() {
                return transactions.examine();
            }
        };
    }

    @Override
    public Storage within(HostTransaction transaction) {
        Transactions joined = transactions.within(transaction);
        return joined == null ? Storage.super.within(transaction) : new RowStorage(joined, limits);
    }

    @Override
    public SharedTransaction begin() {
        SharedTransaction begun = transactions.begin(joined -> new RowStorage(joined, limits));
        return begun == null ? Storage.super.begin() : begun;
    }

    @Override
    public void close() {
        transactions.close();
    }
}
