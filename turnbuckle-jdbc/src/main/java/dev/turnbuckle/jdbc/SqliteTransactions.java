package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.error.ClosedException;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Maintenance.Finding;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.plan.Transactions;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Transactions on one SQLite file. Opened once; after {@link #close} it is done. */
final class SqliteTransactions implements Transactions {
    private final SqliteStorage.Settings settings;
    private final ReentrantLock lifecycle = new ReentrantLock();
    private volatile @Nullable OpenDatabase database;
    private volatile boolean closed;

    SqliteTransactions(SqliteStorage.Settings settings) {
        this.settings = settings;
    }

    @Override
    public void open(Environment environment) {
        lifecycle.lock();
        try {
            if (closed) {
                throw closed();
            }
            if (database == null) {
                database = OpenDatabase.open(settings, environment);
            }
        } finally {
            lifecycle.unlock();
        }
    }

    private ClosedException closed() {
        return new ClosedException("this storage on " + settings.file()
                + " was closed and is not opened again; make a new one with SqliteStorage.at(path)");
    }

    OpenDatabase database() {
        OpenDatabase open = database;
        if (closed) {
            throw closed();
        }
        if (open == null) {
            throw new IllegalStateException("the storage on " + settings.file() + " is not open; call open() first");
        }
        return open;
    }

    @Override
    public Storage.Traits traits() {
        OpenDatabase open = database;
        return new Storage.Traits("sqlite", open == null ? "closed" : open.incarnation(), true, true, false);
    }

    @Override
    public <T extends @Nullable Object> T write(Work<T> work) {
        return database().write(work, false);
    }

    @Override
    public <T extends @Nullable Object> T writeFirst(Work<T> work) {
        return database().write(work, true);
    }

    @Override
    public <T extends @Nullable Object> T read(Work<T> work) {
        return database().read(work);
    }

    @Override
    public boolean dead(Claimant holder) {
        return database().dead(holder.incarnation());
    }

    @Override
    public List<Finding> examine() {
        return Examination.of(database());
    }

    @Override
    public void close() {
        lifecycle.lock();
        try {
            OpenDatabase open = database;
            closed = true;
            database = null;
            if (open != null) {
                open.close(this::closed);
            }
        } finally {
            lifecycle.unlock();
        }
    }
}
