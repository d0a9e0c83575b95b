package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.env.HostTransaction;
import dev.turnbuckle.error.ClosedException;
import dev.turnbuckle.error.WiringException;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Maintenance.Finding;
import dev.turnbuckle.store.SharedTransaction;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.Wakeups;
import dev.turnbuckle.store.plan.Transactions;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Transactions on one schema of a PostgreSQL database. Opened once; after {@link #close} it is done. */
final class PostgresTransactions implements Transactions {
    private final PostgresStorage.Settings settings;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.NEW);
    private volatile @Nullable PostgresDatabase database;

    PostgresTransactions(PostgresStorage.Settings settings) {
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
        boolean done = false;
        try {
            database = PostgresDatabase.open(settings, environment);
            done = true;
        } finally {
            phase.set(done ? Phase.OPEN : Phase.NEW);
        }
    }

    private void requireOpen() {
        switch (phase.get()) {
            case OPEN -> {}
            case CLOSED -> throw closed();
            case NEW -> throw new IllegalStateException(settings.place() + " is not open; call open() first");
            case OPENING ->
                throw new IllegalStateException(settings.place() + " is being opened; use it when that has returned");
        }
    }

    private ClosedException closed() {
        return new ClosedException("this storage on " + settings.place()
                + " was closed and is not opened again; make a new one with PostgresStorage.at(url)");
    }

    PostgresDatabase database() {
        PostgresDatabase open = database;
        if (open == null) {
            requireOpen();
            throw closed();
        }
        return open;
    }

    @Override
    public Storage.Traits traits() {
        PostgresDatabase open = database;
        return new Storage.Traits("postgres", open == null ? "closed" : open.incarnation(), true, true, true);
    }

    @Override
    public <T extends @Nullable Object> T write(Work<T> work) {
        return database().run(work, true, false);
    }

    @Override
    public <T extends @Nullable Object> T writeFirst(Work<T> work) {
        return database().run(work, true, true);
    }

    @Override
    public <T extends @Nullable Object> T read(Work<T> work) {
        return database().run(work, false, false);
    }

    @Override
    public Transactions within(HostTransaction transaction) {
        if (transaction instanceof JdbcTransaction(var connection)) {
            return new JoinedTransactions(database(), connection);
        }
        throw new WiringException("this storage takes part in a JdbcTransaction.of(connection), not in a "
                + transaction.getClass().getName());
    }

    @Override
    public SharedTransaction begin(Function<Transactions, Storage> joined) {
        return database().begin(joined);
    }

    Wakeups wakeups() {
        PostgresDatabase open = database;
        return open == null ? Wakeups.NONE : open.wakeups();
    }

    /** Nothing proves a death across machines: expiry alone counts. */
    @Override
    public boolean dead(Claimant holder) {
        return false;
    }

    @Override
    public boolean provesDeath() {
        return false;
    }

    @Override
    public boolean tellsChosen() {
        return true;
    }

    @Override
    public List<Finding> examine() {
        return PostgresExamination.of(database());
    }

    @Override
    public void close() {
        if (!phase.compareAndSet(Phase.OPEN, Phase.CLOSED)) {
            phase.compareAndSet(Phase.NEW, Phase.CLOSED);
            return;
        }
        PostgresDatabase open = database;
        database = null;
        if (open != null) {
            open.close(this::closed);
        }
    }
}
