package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.store.Blobs;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Journal;
import dev.turnbuckle.store.Leases;
import dev.turnbuckle.store.Maintenance;
import dev.turnbuckle.store.SessionStore;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.store.plan.RowStorage;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * Everything in one SQLite file: the embedded default, durable when a call returns (S33). Several processes of one
 * machine may open the same file at the same time (S34); beside it they keep its log, a lock file, and a folder that
 * shows which of them are alive (L7).
 *
 * <p>Thread-safe. Calls wait for the disk, on virtual threads without holding a carrier. An interrupt does not undo a
 * call that was made: it comes back with its result and with the thread's flag set again. An instance is opened once:
 * after {@link #close} make a new one.
 */
public final class SqliteStorage implements Storage {
    private final SqliteTransactions transactions;
    private final RowStorage storage;

    private SqliteStorage(Settings settings, RowStorage.Limits limits) {
        transactions = new SqliteTransactions(settings);
        storage = new RowStorage(transactions, limits);
    }

    /** With the defaults; the file is made when it is missing, its folder is not. */
    public static SqliteStorage at(Path file) {
        return builder(file).build();
    }

    public static Builder builder(Path file) {
        return new Builder(file);
    }

    /** When the disk must have what was committed. */
    public enum Synchronous {
        /** Before the call returns. */
        FULL,
        /** Soon: a killed process loses nothing, a power failure the last transactions, never the file. */
        NORMAL
    }

    /** Options; the defaults are what production wants. */
    public static final class Builder {
        private final Path file;
        private RowStorage.Limits limits = RowStorage.Limits.DEFAULT;
        private SchemaMode schema = SchemaMode.CREATE;
        private Synchronous synchronous = Synchronous.FULL;
        private boolean networkFileSystem;
        private Function<Path, Connector> connector = path -> new SqliteConnector(path, synchronous);

        private Builder(Path file) {
            this.file = file;
        }

        public Builder limits(RowStorage.Limits bounds) {
            limits = bounds;
            return this;
        }

        public Builder schema(SchemaMode mode) {
            schema = mode;
            return this;
        }

        public Builder synchronous(Synchronous when) {
            synchronous = when;
            return this;
        }

        /** Opens a file on a network file system; its locks are then yours to answer for (S34). */
        public Builder networkFileSystem(boolean allowed) {
            networkFileSystem = allowed;
            return this;
        }

        /** For tests: connections with faults. */
        Builder connector(Function<Path, Connector> connections) {
            connector = connections;
            return this;
        }

        /** Nothing is opened yet. */
        public SqliteStorage build() {
            return new SqliteStorage(new Settings(file, schema, synchronous, networkFileSystem, connector), limits);
        }
    }

    record Settings(
            Path file,
            SchemaMode schema,
            Synchronous synchronous,
            boolean networkFileSystem,
            Function<Path, Connector> connector) {}

    /** For tests. */
    SqliteTransactions transactions() {
        return transactions;
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

    /** Calls in flight end first. */
    @Override
    public void close() {
        storage.close();
    }
}
