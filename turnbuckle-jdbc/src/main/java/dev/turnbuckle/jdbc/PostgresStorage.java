package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.env.HostTransaction;
import dev.turnbuckle.error.WiringException;
import dev.turnbuckle.store.Blobs;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Journal;
import dev.turnbuckle.store.Leases;
import dev.turnbuckle.store.Maintenance;
import dev.turnbuckle.store.SessionStore;
import dev.turnbuckle.store.SharedTransaction;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.store.Wakeups;
import dev.turnbuckle.store.plan.RowStorage;
import java.time.Duration;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Everything in one schema of a PostgreSQL database (15 or newer): the storage of many nodes. Leases expire by the
 * server's clock (L6). Works behind a pooler in transaction mode, which its address names: then nothing is kept in a
 * connection between transactions.
 *
 * <p>The driver ({@code org.postgresql:postgresql}) and, for {@link #at}, the pool ({@code com.zaxxer:HikariCP}) are the
 * application's to add. A transaction that a serialisation failure or a deadlock ended is run again as it was; a lost
 * connection is a {@link dev.turnbuckle.error.StorageException} that says retry. One whose COMMIT was sent and not
 * answered is never sent again by the storage, but for effects recorded in one message, which find what is there: the
 * error says that its end is not known, and repeating the call is safe where the call says so (S11, Q2, J3).
 *
 * <p>Thread-safe. An interrupt does not undo a call that was made: it comes back with its result and with the thread's
 * flag set again. An instance is opened once: after {@link #close} make a new one.
 */
public final class PostgresStorage implements Storage {
    public static final String DEFAULT_SCHEMA = "turnbuckle";
    public static final int DEFAULT_CONNECTIONS = 16;
    public static final int DEFAULT_RETRIES = 10;

    private final Settings settings;
    private final PostgresTransactions transactions;
    private final RowStorage storage;

    private PostgresStorage(Settings settings, RowStorage.Limits limits) {
        this.settings = settings;
        transactions = new PostgresTransactions(settings);
        storage = new RowStorage(transactions, limits);
    }

    /**
     * On connections of its own.
     *
     * @param url {@code postgres://user:password@host:5432/database}, optionally with {@code ?schema=…},
     *     {@code pooler=transaction} or {@code pooler=session}, and parameters of the driver
     * @throws WiringException when it is no such address, or the driver or the pool is not on the class path
     */
    public static PostgresStorage at(String url) {
        return builder(url).build();
    }

    /** On connections of the application's, which it closes itself. */
    public static PostgresStorage of(DataSource source) {
        return builder(source).build();
    }

    public static Builder builder(String url) {
        return new Builder(PostgresUrl.parse(url), null);
    }

    public static Builder builder(DataSource source) {
        return new Builder(null, source);
    }

    /** Options; the defaults are what production wants. */
    public static final class Builder {
        private final @Nullable PostgresUrl url;
        private final @Nullable DataSource source;
        private RowStorage.Limits limits = RowStorage.Limits.DEFAULT;
        private SchemaMode mode = SchemaMode.CREATE;
        private String schema = DEFAULT_SCHEMA;
        private int connections = DEFAULT_CONNECTIONS;
        private int retries = DEFAULT_RETRIES;
        private Timeouts timeouts = Timeouts.DEFAULT;
        private boolean pooler;
        private boolean wakeups = true;
        private String clock = PostgresDialect.SERVER_CLOCK;
        private UnaryOperator<DataSource> around = UnaryOperator.identity();

        private Builder(@Nullable PostgresUrl url, @Nullable DataSource source) {
            this.url = url;
            this.source = source;
            if (url != null) {
                schema = url.schema() == null ? schema : url.schema();
                pooler = url.pooler() == PostgresUrl.Pooler.TRANSACTION;
            }
        }

        public Builder limits(RowStorage.Limits bounds) {
            limits = bounds;
            return this;
        }

        /** Name of the schema that the tables are in. */
        public Builder schema(String name) {
            schema = name;
            return this;
        }

        public Builder schema(SchemaMode what) {
            mode = what;
            return this;
        }

        /** How many transactions run at the same time, and so how many connections are used at most. */
        public Builder connections(int most) {
            connections = most;
            return this;
        }

        /** How often a transaction is run again that others were in the way of. */
        public Builder retries(int most) {
            retries = most;
            return this;
        }

        /** Bounds of the server's side, for each transaction. */
        public Builder timeouts(Duration statement, Duration lock) {
            timeouts = new Timeouts(statement, lock, timeouts.connection());
            return this;
        }

        /** How long a call waits for a connection of the storage's own pool before it says that there is none. */
        public Builder connectWithin(Duration atMost) {
            timeouts = new Timeouts(timeouts.statement(), timeouts.lock(), atMost);
            return this;
        }

        /** Whether a pooler in transaction mode stands before the server: then nothing is prepared there. */
        public Builder pooler(boolean transactionMode) {
            pooler = transactionMode;
            return this;
        }

        /**
         * Whether nodes tell each other by LISTEN and NOTIFY what they leave to others, which keeps one connection for
         * itself; otherwise, and behind a pooler in transaction mode, they look often.
         */
        public Builder wakeups(boolean wanted) {
            wakeups = wanted;
            return this;
        }

        /** For tests: the server's clock as an expression in microseconds. */
        Builder clock(String expression) {
            clock = expression;
            return this;
        }

        /** For tests: something around the connections. */
        Builder around(UnaryOperator<DataSource> wrap) {
            around = wrap;
            return this;
        }

        /** Nothing is opened yet. */
        public PostgresStorage build() {
            if (connections < 1
                    || retries < 0
                    || !Timeouts.isPossible(timeouts.statement())
                    || !Timeouts.isPossible(timeouts.lock())
                    || timeouts.connection().compareTo(Timeouts.LEAST_CONNECTION) < 0) {
                throw new WiringException("out of range: connections " + connections + " (at least 1), retries "
                        + retries + " (at least 0), timeouts " + timeouts
                        + " (1 ms to 24 days, for a connection at least 250 ms)");
            }
            var settings = new Settings(
                    url, source, mode, schema, connections, retries, timeouts, pooler, wakeups, clock, around);
            return new PostgresStorage(settings, limits);
        }
    }

    /**
     * @param statement for one statement
     * @param lock for one row that another transaction holds
     * @param connection for a connection of our own pool
     */
    record Timeouts(Duration statement, Duration lock, Duration connection) {
        static final Timeouts DEFAULT =
                new Timeouts(Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(5));

        /** The pool's own bound. */
        static final Duration LEAST_CONNECTION = Duration.ofMillis(250);

        /** The server counts milliseconds in 31 bits. */
        private static boolean isPossible(Duration timeout) {
            return timeout.compareTo(Duration.ofMillis(1)) >= 0 && timeout.compareTo(Duration.ofDays(24)) <= 0;
        }

        /** For what must not wait: many leases are renewed together, and one whose row is held keeps no other waiting. */
        static final Duration URGENT_LOCK = Duration.ofSeconds(1);

        /** A transaction whose process was stopped must not hold a session for longer than this. */
        static final Duration IDLE = Duration.ofSeconds(10);
    }

    /** @param source the host's, or none; then the address counts */
    record Settings(
            @Nullable PostgresUrl url,
            @Nullable DataSource source,
            SchemaMode mode,
            String schema,
            int connections,
            int retries,
            Timeouts timeouts,
            boolean pooler,
            boolean wakeups,
            String clock,
            UnaryOperator<DataSource> around) {
        /** The same with another number of connections. */
        Settings withConnections(int most) {
            return new Settings(url, source, mode, schema, most, retries, timeouts, pooler, wakeups, clock, around);
        }

        /** Whether connections of our own may be told at once what holds for all of their transactions. */
        boolean tellsConnections() {
            return url != null && url.pooler() == PostgresUrl.Pooler.NONE && !pooler;
        }

        PostgresDialect dialect() {
            return new PostgresDialect(place(), schema, clock, pooler && source != null);
        }

        /** What messages call the database. */
        String place() {
            return url == null ? "the application's database" : url.toString();
        }
    }

    /** For what stands beside it in the same schema. */
    Settings settings() {
        return settings;
    }

    /** For tests. */
    PostgresTransactions transactions() {
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

    @Override
    public Wakeups wakeups() {
        return transactions.wakeups();
    }

    /** It takes one more connection until it ends, at most as many at once as there are for everything else. */
    @Override
    public SharedTransaction begin() {
        return storage.begin();
    }

    /** @param transaction a {@link JdbcTransaction} on the same database */
    @Override
    public Storage within(HostTransaction transaction) {
        return storage.within(transaction);
    }

    /** Calls in flight end first. */
    @Override
    public void close() {
        storage.close();
    }

    /** Where it is, without user and password. */
    @Override
    public String toString() {
        return settings.place() + ", schema " + settings.schema();
    }
}
