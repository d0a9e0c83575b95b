package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.env.Environment.Task;
import dev.turnbuckle.error.WiringException;
import dev.turnbuckle.store.SharedTransaction;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.Wakeups;
import dev.turnbuckle.store.plan.Transactions;
import dev.turnbuckle.store.plan.Transactions.Work;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Everything that exists between opening and closing: the pool, if it is ours, and as many lanes as transactions may run
 * at the same time. A lane is a task that takes one job after the other; so renewals go first, the number of connections
 * is bounded whosever they are, and the interrupt of a caller reaches no socket.
 */
final class PostgresDatabase {
    /** Since 15 everything is there that the statements use; older ones are not tested. */
    static final int OLDEST_VERSION = 150_000;

    private static final String SERVER =
            "SELECT current_setting('server_version_num')::bigint, current_setting('server_encoding')";

    private final PostgresStorage.Settings settings;
    private final Environment environment;
    private final PostgresDialect dialect;
    private final Schema schema;
    private final JobQueue queue;
    private final List<Task> lanes = new ArrayList<>();
    private final String incarnation;
    private final ConnectionDefaults defaults;
    private final DataSource source;
    private final Runnable closing;
    private final Runnable renewing;
    private final PostgresTransaction transaction;
    private final @Nullable PostgresWakeups wakeups;
    private final Semaphore tools;
    private final @Nullable SilenceWatch silence;
    private volatile Preambles preambles;

    private PostgresDatabase(PostgresStorage.Settings settings, Environment environment) {
        this.settings = settings;
        this.environment = environment;
        this.dialect = settings.dialect();
        this.schema = new Schema(dialect, settings.mode(), "schema " + settings.schema() + " of " + settings.place());
        this.queue = new JobQueue(environment);
        this.incarnation = environment.id();
        this.defaults = new ConnectionDefaults(settings.timeouts());
        DataSource pool = settings.source();
        if (pool != null) {
            this.closing = () -> {};
            this.renewing = () -> {};
            this.silence = null;
        } else {
            DataSource own = ownPool(settings, settings.tellsConnections() ? defaults : null);
            this.closing = () -> PostgresPool.close(own);
            this.renewing = () -> PostgresPool.renew(own);
            this.silence = silence(settings);
            pool = own;
        }
        this.source = settings.around().apply(pool);
        this.preambles = settings.source() == null
                ? Preambles.ofStatement(settings.timeouts())
                : Preambles.ofDriver(settings.timeouts());
        this.transaction = new PostgresTransaction(
                source,
                new PostgresTransaction.Parts(
                        dialect, schema, environment, settings, () -> preambles, settings.source() == null, renewing));
        this.tools = new Semaphore(settings.connections());
        this.wakeups = settings.wakeups() && !settings.pooler() ? new PostgresWakeups(this) : null;
    }

    private static @Nullable SilenceWatch silence(PostgresStorage.Settings settings) {
        Duration most = PostgresPool.silence(settings);
        return most.isPositive() ? new SilenceWatch(most) : null;
    }

    /** For a tool; bounded, so that tools leave connections to what they wait for. */
    SharedTransaction begin(Function<Transactions, Storage> joined) {
        return transaction.begin(c -> joined.apply(new JoinedTransactions(this, c)), tools);
    }

    /** One connection that is kept. */
    Connection listening() throws SQLException {
        return source.getConnection();
    }

    Wakeups wakeups() {
        return wakeups == null ? Wakeups.NONE : wakeups;
    }

    /** @param defaults of each connection, or none */
    static DataSource ownPool(PostgresStorage.Settings settings, @Nullable ConnectionDefaults defaults) {
        PostgresUrl url = settings.url();
        if (url == null) {
            throw new IllegalStateException("neither an address nor a DataSource");
        }
        try {
            return PostgresPool.open(url, settings, defaults);
        } catch (NoClassDefFoundError e) {
            throw PostgresPool.missing("com.zaxxer:HikariCP", e);
        }
    }

    static PostgresDatabase open(PostgresStorage.Settings settings, Environment environment) {
        var database = new PostgresDatabase(settings, environment);
        boolean done = false;
        try {
            database.prepare();
            database.start();
            done = true;
            return database;
        } catch (SQLException e) {
            throw database.dialect.explain(e);
        } catch (SqlFailure e) {
            throw database.dialect.explain(e.sql());
        } finally {
            if (!done) {
                database.close(() -> new IllegalStateException("opened whole or not at all"));
            }
        }
    }

    private void prepare() throws SQLException {
        try (Connection connection = source.getConnection()) {
            boolean automatic = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try {
                requireServer(new Statements(connection));
                try (var sql = new Statements(connection)) {
                    if (settings.tellsConnections() && defaults.hold(sql)) {
                        preambles = Preambles.onDefaults(settings.timeouts());
                    }
                }
                new PostgresSchema(dialect, schema, connection, settings.tellsConnections()).prepare();
            } finally {
                connection.rollback();
                connection.setAutoCommit(automatic);
            }
        }
    }

    private void requireServer(Statements sql) throws SQLException {
        sql.call(SERVER).all(in -> {
            long version = in.number();
            String encoding = in.text();
            if (version < OLDEST_VERSION) {
                throw new WiringException(settings.place() + " runs PostgreSQL " + version / 10_000
                        + "; Turnbuckle needs " + OLDEST_VERSION / 10_000 + " or newer");
            }
            if (!encoding.equals("UTF8")) {
                throw new WiringException(settings.place() + " is encoded in " + encoding
                        + ", which cannot hold every text: create a database with ENCODING 'UTF8'");
            }
            return true;
        });
        sql.close();
    }

    private void start() {
        for (int i = 1; i <= settings.connections(); i++) {
            lanes.add(environment.start("turnbuckle-postgres-" + i, this::lane));
        }
    }

    private void lane() {
        var arrived = environment.signal();
        SilenceWatch.Seat seat = silence == null ? null : silence.seat();
        List<Job<?>> jobs = queue.take(arrived, 1);
        while (!jobs.isEmpty()) {
            transaction.serve(jobs.getFirst(), seat);
            jobs = queue.take(arrived, 1);
        }
    }

    <T extends @Nullable Object> T run(Work<T> work, boolean writes, boolean urgent) {
        var job = new Job<>(work, writes, urgent, environment);
        queue.put(job, urgent);
        return job.await();
    }

    PostgresDialect dialect() {
        return dialect;
    }

    Schema schema() {
        return schema;
    }

    String incarnation() {
        return incarnation;
    }

    PostgresStorage.Settings settings() {
        return settings;
    }

    Environment environment() {
        return environment;
    }

    /** What is queued is still done. */
    void close(Supplier<? extends RuntimeException> why) {
        if (wakeups != null) {
            wakeups.close();
        }
        queue.close(why);
        lanes.forEach(OpenDatabase::join);
        if (silence != null) {
            silence.close();
        }
        closing.run();
    }
}
