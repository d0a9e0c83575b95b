package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.error.ClosedException;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Maintenance.Finding;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.plan.Transactions;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Transactions on one SQLite file. Opened once; after {@link #close} it is done. */
final class SqliteTransactions implements Transactions {
    private final SqliteStorage.Settings settings;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.NEW);
    private volatile @Nullable OpenDatabase database;

    SqliteTransactions(SqliteStorage.Settings settings) {
        this.settings = settings;
    }

    private enum Phase {
        NEW,
        OPENING,
        OPEN,
        CLOSED
    }

    @Override
    public void open(Environment environment) {
        if (!phase.compareAndSet(Phase.NEW, Phase.OPENING)) {
            requireOpen();
            return;
        }
        boolean interrupted = Thread.interrupted();
        boolean done = false;
        try {
            database = OpenDatabase.open(settings, environment);
            done = true;
        } finally {
            phase.set(done ? Phase.OPEN : Phase.NEW);
            restore(interrupted);
        }
    }

    private void requireOpen() {
        switch (phase.get()) {
            case OPEN -> {}
            case CLOSED -> throw closed();
            case NEW -> throw new IllegalStateException(settings.file() + " is not open; call open() first");
            case OPENING ->
                throw new IllegalStateException(settings.file() + " is being opened; use it when that has returned");
        }
    }

    /** File channels close themselves under an interrupted thread, and with them go the locks: the flag waits outside. */
    private static void restore(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private ClosedException closed() {
        return new ClosedException("this storage on " + settings.file()
                + " was closed and is not opened again; make a new one with SqliteStorage.at(path)");
    }

    OpenDatabase database() {
        OpenDatabase open = database;
        if (open == null) {
            requireOpen();
            throw closed();
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
        if (!phase.compareAndSet(Phase.OPEN, Phase.CLOSED)) {
            phase.compareAndSet(Phase.NEW, Phase.CLOSED);
            return;
        }
        boolean interrupted = Thread.interrupted();
        OpenDatabase open = database;
        database = null;
        try {
            if (open != null) {
                open.close(this::closed);
            }
        } finally {
            restore(interrupted);
        }
    }
}
