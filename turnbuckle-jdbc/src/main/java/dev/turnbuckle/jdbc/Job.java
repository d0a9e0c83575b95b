package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.env.Environment.Signal;
import dev.turnbuckle.store.plan.Rows;
import dev.turnbuckle.store.plan.Transactions.Work;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One transaction that a caller waits for. It may run more than once (S33); only {@link #answer} tells the caller, and
 * it tells what the last run left.
 *
 * <p>An interrupt does not withdraw a job: a transaction is short, and a caller that knows how its write ended can
 * decide better than one that does not. The flag is set again when the answer is there.
 */
final class Job<T extends @Nullable Object> {
    /** Longer than any wait, and short enough for arithmetic in nanoseconds. */
    static final Duration FOREVER = Duration.ofDays(36_500);

    private final Work<T> work;
    private final boolean writes;
    private final boolean urgent;
    private final Signal signal;
    private final long before;
    private volatile boolean answered;
    private @Nullable T result;
    private @Nullable Throwable failure;

    Job(Work<T> work, Environment environment) {
        this(work, true, false, environment);
    }

    Job(Work<T> work, boolean writes, boolean urgent, Environment environment) {
        this.work = work;
        this.writes = writes;
        this.urgent = urgent;
        this.signal = environment.signal();
        this.before = signal.version();
    }

    /** Runs the work; true when it came to its end, so that its writes are to be kept. */
    @SuppressWarnings("CatchAndPrintStackTrace")
    boolean run(Rows rows, Dialect dialect) {
        try {
            result = work.run(rows);
            failure = null;
            return true;
        } catch (SqlFailure e) {
            fail(dialect.explain(e.sql()));
        } catch (Throwable e) { // whatever it is, it belongs to the caller and must not end the writer
            fail(e);
        }
        return false;
    }

    boolean writes() {
        return writes;
    }

    boolean urgent() {
        return urgent;
    }

    /** Runs the work; what it throws is the owner's to judge. */
    void run(Rows rows) {
        result = work.run(rows);
        failure = null;
    }

    void fail(Throwable why) {
        result = null;
        failure = why;
    }

    /** Of the last run. */
    @Nullable Throwable failure() {
        return failure;
    }

    void answer() {
        answered = true;
        signal.raise();
    }

    T await() {
        boolean interrupted = false;
        while (!answered) {
            try {
                signal.await(before, FOREVER);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return outcome();
    }

    @SuppressWarnings("NullAway") // null exactly if the work returned null, which T then allows
    private T outcome() {
        return switch (failure) {
            case null -> result;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException("a work throws no checked exception", failure);
        };
    }
}
