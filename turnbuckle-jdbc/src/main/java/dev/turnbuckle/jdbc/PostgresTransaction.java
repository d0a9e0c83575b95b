package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.store.SharedTransaction;
import dev.turnbuckle.store.Storage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import javax.sql.DataSource;

/**
 * Runs one job as one transaction on a connection of the pool, and again as it was when other transactions were in its
 * way. Everything that it sets is set for the transaction only.
 *
 * <p>Failure points:
 * <ul>
 *   <li>before COMMIT is sent, the server undoes what it has; after a lost connection another one is tried;
 *   <li>COMMIT answered with an error: undone;
 *   <li>COMMIT not answered: nobody knows. The caller is told so, and the job is not run again here: a second run of a
 *       transaction that had landed would be a second transaction.
 * </ul>
 */
final class PostgresTransaction {
    /** A connection that broke is replaced so often before the caller is told. */
    private static final int MOST_LOST = 3;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(4);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

    private final DataSource source;
    private final Parts parts;
    private final List<String> reading;
    private final List<String> writing;
    private final List<String> shared;

    /** @param renewing told when a connection of our own pool broke */
    record Parts(
            PostgresDialect dialect,
            Schema schema,
            Environment environment,
            PostgresStorage.Settings settings,
            Runnable renewing) {}

    PostgresTransaction(DataSource source, Parts parts) {
        this.source = source;
        this.parts = parts;
        var timeouts = parts.settings().timeouts();
        String statement =
                "SET LOCAL statement_timeout = " + timeouts.statement().toMillis();
        this.reading = List.of("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY", statement);
        this.shared = List.of(
                "SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE",
                statement,
                "SET LOCAL lock_timeout = " + timeouts.lock().toMillis());
        this.writing = List.of(
                "SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE",
                statement,
                "SET LOCAL lock_timeout = " + timeouts.lock().toMillis(),
                "SET LOCAL idle_in_transaction_session_timeout = " + PostgresStorage.Timeouts.IDLE.toMillis(),
                // plans are kept: one that was made when a table was small must not read it whole when it has grown
                "SET LOCAL enable_seqscan = off");
    }

    /** How one run ended. */
    private sealed interface End {
        /** The caller can be told. */
        record Told() implements End {}

        /** Nothing was done, and the same may be tried again. */
        record Undone(RuntimeException why, boolean contended) implements End {}
    }

    void serve(Job<?> job) {
        int contended = 0;
        int lost = 0;
        while (run(job) instanceof End.Undone undone) {
            boolean again = undone.contended()
                    ? ++contended <= parts.settings().retries() && paused(contended)
                    : ++lost <= MOST_LOST;
            if (!again) {
                job.fail(explained(undone.why()));
                break;
            }
            if (!undone.contended()) {
                parts.renewing().run();
            }
        }
        job.answer();
    }

    private RuntimeException explained(RuntimeException why) {
        return switch (why) {
            case SqlFailure e -> parts.dialect().explain(e.sql());
            case Contended e -> parts.dialect().explain(new SQLException(e.getMessage(), "40001"));
            default -> why;
        };
    }

    /** Longer each time, and never twice the same, so that two that met do not meet again. */
    private boolean paused(int time) {
        long most = Math.min(LONGEST_PAUSE.toNanos(), FIRST_PAUSE.toNanos() << Math.min(time - 1, 20));
        try {
            parts.environment()
                    .sleep(Duration.ofNanos(
                            Long.remainderUnsigned(parts.environment().random(), most) + 1));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private End run(Job<?> job) {
        Connection connection;
        try {
            connection = source.getConnection();
        } catch (SQLException e) {
            job.fail(parts.dialect().explain(e));
            return new End.Told();
        }
        boolean automatic;
        try {
            automatic = connection.getAutoCommit();
            if (automatic) {
                connection.setAutoCommit(false);
            }
        } catch (SQLException e) {
            giveBack(connection, false);
            return undone(new SqlFailure(e), job);
        }
        End end = on(connection, job);
        giveBack(connection, automatic);
        return end;
    }

    /** How the transaction ended stands already. */
    static void giveBack(Connection connection, boolean automatic) {
        try (connection) {
            if (automatic) {
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            // the pool throws away what does not work any more
        }
    }

    private End on(Connection connection, Job<?> job) {
        var sql = new Statements(connection, parts.dialect());
        sql.begin(job.writes() ? writing : reading);
        PostgresRows rows = job.writes()
                ? PostgresRows.writing(sql, parts.dialect(), parts.environment(), parts.schema())
                : PostgresRows.reading(sql, parts.dialect(), parts.environment());
        try {
            job.run(rows);
            rows.flush();
            sql.close();
        } catch (SqlFailure | Contended e) {
            rollback(connection);
            return undone(e, job);
        } catch (SQLException e) {
            rollback(connection);
            return undone(new SqlFailure(e), job);
        } catch (Throwable e) { // whatever it is, it belongs to the caller and must not end the lane
            rollback(connection);
            job.fail(e);
            return new End.Told();
        }
        if (rows.wrote()) {
            return committed(connection, job);
        }
        rollback(connection);
        return new End.Told();
    }

    private End undone(RuntimeException e, Job<?> job) {
        Dialect.Trouble trouble =
                e instanceof SqlFailure failure ? parts.dialect().trouble(failure.sql()) : Dialect.Trouble.CONTENDED;
        return switch (trouble) {
            case CONTENDED -> new End.Undone(e, true);
            case LOST -> new End.Undone(e, false);
            case FULL, BUSY, OTHER -> {
                job.fail(explained(e));
                yield new End.Told();
            }
        };
    }

    private End committed(Connection connection, Job<?> job) {
        try {
            connection.commit();
            return new End.Told();
        } catch (SQLException e) {
            rollback(connection);
            return switch (parts.dialect().trouble(e)) {
                case CONTENDED -> new End.Undone(new SqlFailure(e), true);
                case LOST -> {
                    job.fail(unknown(e));
                    yield new End.Told();
                }
                case FULL, BUSY, OTHER -> {
                    job.fail(parts.dialect().explain(e));
                    yield new End.Told();
                }
            };
        }
    }

    private StorageException unknown(SQLException e) {
        return StorageException.retry(
                "commit_unknown",
                "the connection to " + parts.dialect().place()
                        + " was lost while it committed: whether this transaction was kept is not known; make the same "
                        + "call again, or look (" + e.getMessage() + ")",
                e);
    }

    /**
     * Begins one for a tool, on the caller's thread.
     *
     * @param places of which it takes one until it ends
     */
    SharedTransaction begin(Function<Connection, Storage> joined, Semaphore places) {
        if (!places.tryAcquire()) {
            throw StorageException.retry(
                    "busy",
                    "as many tools as there are connections ("
                            + parts.settings().connections() + ") write to "
                            + parts.dialect().place() + " now; try again, or allow more connections",
                    null);
        }
        try {
            Connection connection = source.getConnection();
            connection.setAutoCommit(false);
            var sql = new Statements(connection, parts.dialect());
            shared.forEach(setting -> sql.call(setting).run());
            sql.close();
            return new ToolTransaction(connection, joined.apply(connection), this, places::release);
        } catch (SQLException e) {
            places.release();
            throw parts.dialect().explain(e);
        } catch (SqlFailure e) {
            places.release();
            throw parts.dialect().explain(e.sql());
        }
    }

    /** What a lost answer means is the caller's to find out: the outcome is in the journal, or it is not. */
    void commitTool(Connection connection) {
        try {
            connection.commit();
        } catch (SQLException e) {
            throw parts.dialect().trouble(e) == Dialect.Trouble.LOST
                    ? unknown(e)
                    : parts.dialect().explain(e);
        }
    }

    /** A connection that cannot even do this is the pool's to throw away. */
    static void rollback(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // the server undoes what is not committed
        }
    }
}
