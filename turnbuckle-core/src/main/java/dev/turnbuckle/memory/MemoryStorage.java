package dev.turnbuckle.memory;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.store.Blobs;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Journal;
import dev.turnbuckle.store.Leases;
import dev.turnbuckle.store.Maintenance;
import dev.turnbuckle.store.SessionStore;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.store.plan.RowStorage;
import dev.turnbuckle.store.plan.Transactions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The same rules as every storage, nothing durable: for tests and for work that may be lost. One instance can be opened
 * by one runtime after another, which is how a test restarts.
 */
public final class MemoryStorage implements Storage {
    private final Locked transactions = new Locked();
    private final RowStorage storage;

    public MemoryStorage() {
        this(RowStorage.Limits.DEFAULT);
    }

    public MemoryStorage(RowStorage.Limits limits) {
        storage = new RowStorage(transactions, limits);
    }

    /** For tests: which lease holders are known to be dead before their lease expires (L7). */
    public void presumeDead(Predicate<Claimant> dead) {
        transactions.dead = dead;
    }

    /** For tests: what the rules run on. */
    public Transactions transactions() {
        return transactions;
    }

    /** For tests: every row as text. */
    public Map<String, String> dump() {
        return transactions.dump();
    }

    @Override
    public void open(Environment environment) {
        storage.open(environment);
    }

    @Override
    public Traits traits() {
        return storage.traits();
    }

    @Override
    public SessionStore sessions() {
        return storage.sessions();
    }

    @Override
    public Turns turns() {
        return storage.turns();
    }

    @Override
    public Inbox inbox() {
        return storage.inbox();
    }

    @Override
    public Leases leases() {
        return storage.leases();
    }

    @Override
    public Journal journal() {
        return storage.journal();
    }

    @Override
    public Blobs blobs() {
        return storage.blobs();
    }

    @Override
    public Maintenance maintenance() {
        return storage.maintenance();
    }

    /** Nothing is held but memory: it can be opened again. */
    @Override
    public void close() {
        storage.close();
    }

    private static final class Locked implements Transactions {
        private final ReentrantLock lock = new ReentrantLock();
        private final MemoryRows rows = new MemoryRows();
        private volatile Predicate<Claimant> dead = claimant -> false;
        private volatile String incarnation = "closed";

        @Override
        public void open(Environment environment) {
            lock.lock();
            try {
                rows.environment(environment);
                incarnation = environment.id();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public Traits traits() {
            return new Traits("memory", incarnation, false, false, false);
        }

        @Override
        public <T extends @Nullable Object> T write(Work<T> work) {
            lock.lock();
            try {
                rows.begin();
                boolean done = false;
                try {
                    T result = work.run(rows);
                    done = true;
                    return result;
                } finally {
                    if (!done) {
                        rows.rollback();
                    }
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public <T extends @Nullable Object> T read(Work<T> work) {
            lock.lock();
            try {
                return work.run(rows);
            } finally {
                lock.unlock();
            }
        }

        Map<String, String> dump() {
            lock.lock();
            try {
                return rows.dump();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public boolean dead(Claimant holder) {
            return dead.test(holder);
        }

        @Override
        public List<Maintenance.Finding> examine() {
            return List.of(new Maintenance.Finding(true, "storage", "in memory: nothing survives this process"));
        }

        @Override
        public void close() {}
    }
}
