package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.error.TurnbuckleException.Remedy;
import dev.turnbuckle.store.SharedTransaction;
import dev.turnbuckle.store.Storage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Runs one job as one transaction on a connection of the pool, and again as it was when other transactions were in its
 * way. What it sets is set for the transaction only; what a connection of our own was told once is {@link
 * ConnectionDefaults}.
 *
 * <p>Failure points:
 * <ul>
 *   <li>before COMMIT is sent, the server undoes what it has; after a lost connection another one is tried;
 *   <li>COMMIT, or a write that it travels with, answered with an error: undone;
 *   <li>COMMIT, alone or with the writes, not answered: nobody knows. The caller is told so, and the job is not run
 *       again here: a second run of a transaction that had landed would be a second transaction. Only what is recorded
 *       at once is recorded again: the second run finds the rows of the first.
 * </ul>
 */
final class PostgresTransaction {
    /** A connection that broke is replaced so often before the caller is told. */
    private static final int MOST_LOST = 3;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(4);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

    private final DataSource source;
    private final Parts parts;

    /**
     * @param own whether the connections are our own pool's. There a transaction begins and ends by statements, which travel
     *     with others; an application's connections may have to hear of it by {@link Connection#commit}.
     * @param renewing told when a connection of our own pool broke
     */
    record Parts(
            PostgresDialect dialect,
            Schema schema,
            Environment environment,
            PostgresStorage.Settings settings,
            Supplier<Preambles> preambles,
            boolean own,
            Runnable renewing) {}

    PostgresTransaction(DataSource source, Parts parts) {
        this.source = source;
        this.parts = parts;
    }

    private List<String> preamble(Job<?> job) {
        Preambles preambles = parts.preambles().get();
        if (!job.writes()) {
            return preambles.reading();
        }
        return job.urgent() ? preambles.urgent() : preambles.writing();
    }

    /** How one run ended. */
    private sealed interface End {
        /** The caller can be told. */
        record Told() implements End {}

        /**
         * The same may be tried again.
         *
         * @param sent whether COMMIT was, of something that finds itself when it is run again; otherwise nothing was done
         */
        record Undone(RuntimeException why, boolean contended, boolean sent) implements End {}
    }

    /**
     * The lane's edge: whatever a source of connections throws belongs to the caller and must not end the lane.
     *
     * @param seat of the lane, where the connections are our own
     */
    void serve(Job<?> job, SilenceWatch.@Nullable Seat seat) {
        try {
            runUntilTold(job, seat);
        } catch (Throwable e) {
            job.fail(e);
        }
        job.answer();
    }

    private void runUntilTold(Job<?> job, SilenceWatch.@Nullable Seat seat) {
        int contended = 0;
        int lost = 0;
        @Nullable SQLException unanswered = null;
        while (run(job, seat) instanceof End.Undone undone) {
            if (undone.sent() && undone.why() instanceof SqlFailure failure) {
                unanswered = failure.sql();
            }
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
        if (unanswered != null && job.failure() instanceof StorageException e && e.remedy() == Remedy.RETRY) {
            job.fail(unknown(unanswered)); // what failed in the end is not all that there was
        }
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

    private End run(Job<?> job, SilenceWatch.@Nullable Seat seat) {
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
            if (automatic != parts.own()) {
                connection.setAutoCommit(parts.own());
            }
            if (seat != null) {
                seat.take(connection);
            }
        } catch (SQLException e) {
            giveBack(connection, false);
            return undone(new SqlFailure(e), job, false);
        }
        End end;
        try {
            end = on(connection, job, seat);
        } finally {
            if (seat != null) {
                seat.leave();
            }
        }
        giveBack(connection, automatic && !parts.own());
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

    private End on(Connection connection, Job<?> job, SilenceWatch.@Nullable Seat seat) {
        var sql = new Statements(connection, parts.dialect());
        if (seat != null) {
            sql.beforeEach(seat::ask);
        }
        var ending = new Ending(connection, parts.own() ? sql : null);
        sql.begin(preamble(job));
        PostgresRows rows = job.writes()
                ? PostgresRows.writing(sql, parts.dialect(), parts.environment(), parts.schema())
                : PostgresRows.reading(sql, parts.dialect(), parts.environment());
        if (parts.own()) {
            rows.mayEnd(before -> sql.begin(
                    Stream.concat(before.stream(), preamble(job).stream()).toList()));
        }
        boolean along = false;
        try (sql) {
            job.run(rows);
            if (rows.hasEnded()) {
                return new End.Told();
            }
            along = parts.own() && rows.mayCommitAlong();
            if (along) {
                rows.commit();
                return new End.Told();
            }
            rows.flush();
            if (rows.wrote()) {
                return committed(ending, job);
            }
            ending.rollback();
            return new End.Told();
        } catch (SqlFailure e) {
            ending.rollback();
            return along ? uncommitted(e.sql(), job) : undone(e, job, rows.hasSentCommit());
        } catch (Contended e) {
            ending.rollback();
            return undone(e, job, false);
        } catch (Throwable e) { // whatever it is, it belongs to the caller and must not end the lane
            ending.rollback();
            job.fail(along ? new IllegalStateException("it was committed all the same: " + e.getMessage(), e) : e);
            return new End.Told();
        }
    }

    /** @param sent COMMIT was, too: without an answer nobody knows what became of it */
    private End undone(RuntimeException e, Job<?> job, boolean sent) {
        Dialect.Trouble trouble =
                e instanceof SqlFailure failure ? parts.dialect().trouble(failure.sql()) : Dialect.Trouble.CONTENDED;
        return switch (trouble) {
            case CONTENDED -> new End.Undone(e, true, false);
            case LOST -> new End.Undone(e, false, sent);
            case FULL, BUSY, OTHER -> {
                job.fail(explained(e));
                yield new End.Told();
            }
        };
    }

    private End committed(Ending ending, Job<?> job) {
        try {
            ending.commit();
            return new End.Told();
        } catch (SQLException e) {
            ending.rollback();
            return uncommitted(e, job);
        }
    }

    /** COMMIT was sent, and something else came back. */
    private End uncommitted(SQLException e, Job<?> job) {
        return switch (parts.dialect().trouble(e)) {
            case CONTENDED -> new End.Undone(new SqlFailure(e), true, false);
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
        boolean begun = false;
        try {
            SharedTransaction transaction = begun(source.getConnection(), joined, places::release);
            begun = true;
            return transaction;
        } catch (SQLException e) {
            throw parts.dialect().explain(e);
        } catch (SqlFailure e) {
            throw parts.dialect().explain(e.sql());
        } finally {
            if (!begun) {
                places.release();
            }
        }
    }

    private SharedTransaction begun(Connection connection, Function<Connection, Storage> joined, Runnable left)
            throws SQLException {
        boolean automatic = connection.getAutoCommit();
        boolean begun = false;
        try {
            connection.setAutoCommit(false);
            var sql = new Statements(connection, parts.dialect());
            parts.preambles()
                    .get()
                    .shared()
                    .forEach(setting -> sql.call(setting).run());
            sql.close();
            begun = true;
            return new ToolTransaction(connection, automatic, joined.apply(connection), this, left);
        } finally {
            if (!begun) {
                rollback(connection);
                giveBack(connection, automatic);
            }
        }
    }

    /** A tool may have set something for longer than its transaction: nobody else is to meet it. */
    void giveBackFromTool(Connection connection, boolean automatic) {
        String reset = parts.preambles().get().reset();
        if (!reset.isEmpty()) {
            try (var statement = connection.createStatement()) {
                connection.setAutoCommit(true);
                statement.execute(reset);
            } catch (SQLException e) {
                Ending.abort(connection);
            }
        }
        giveBack(connection, automatic);
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
            Ending.abort(connection);
        }
    }
}
