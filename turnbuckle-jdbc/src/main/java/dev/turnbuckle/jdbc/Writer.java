package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.env.Environment.Signal;
import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.store.plan.Transactions.Work;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one connection that writes, on its own thread (S33). It takes what callers have queued and makes one transaction
 * of it, a savepoint for each, so that one fsync serves all; nobody is answered before COMMIT.
 *
 * <p>Failure points:
 * <ul>
 *   <li>a member fails: its savepoint is undone, the others go on;
 *   <li>the database undid everything by itself (full disk), which shows by the savepoint being gone, or COMMIT found no
 *       room: the members run again one by one, so that each is told the truth about itself;
 *   <li>COMMIT failed otherwise: whether it reached the disk is not known and nothing after it could be trusted, so the
 *       store is closed until it is opened again.
 * </ul>
 */
final class Writer {
    /** Bounds how long another process, and an urgent job, waits for one transaction. */
    static final int MOST_GROUPED = 128;

    private final JobQueue queue;
    private final Environment environment;
    private final Signal arrived;
    private final Parts parts;
    private final LongAdder commits = new LongAdder();

    /** What it works with; {@code broken} is told when the store must close. */
    record Parts(Link link, Dialect dialect, Schema schema, WriteLock lock, Checkpoints checkpoints, Broken broken) {}

    interface Broken {
        void because(Supplier<StorageException> why);
    }

    Writer(Environment environment, Parts parts) {
        this.queue = new JobQueue(environment);
        this.environment = environment;
        this.arrived = environment.signal();
        this.parts = parts;
    }

    <T extends @Nullable Object> T write(Work<T> work, boolean urgent) {
        var job = new Job<>(work, environment);
        queue.put(job, urgent);
        return job.await();
    }

    /** What is queued is still written; then {@link #run} ends. */
    void close(Supplier<? extends RuntimeException> why) {
        queue.close(why);
    }

    /** What is queued is answered with the reason. */
    void abandon(Supplier<? extends RuntimeException> why) {
        queue.abandon(why);
    }

    /** Transactions that wrote, for tests. */
    long commits() {
        return commits.sum();
    }

    /** The writer's thread, until the queue is closed. */
    void run() {
        List<Job<?>> group = queue.take(arrived, MOST_GROUPED);
        while (!group.isEmpty()) {
            if (!served(group)) {
                group.forEach(job -> served(List.of(job)));
            }
            parts.checkpoints.written(parts.link.sql());
            group = queue.take(arrived, MOST_GROUPED);
        }
    }

    /** @return false when everything was undone and nobody is answered: to be run one by one */
    private boolean served(List<Job<?>> group) {
        boolean done;
        try {
            parts.lock.acquire();
        } catch (IOException e) {
            fail(group, StorageException.retry("lock_file", parts.lock + " cannot be locked: " + e.getMessage(), e));
            return true;
        }
        try {
            done = transaction(group);
        } finally {
            parts.lock.release();
        }
        if (done) {
            group.forEach(Job::answer);
        }
        return done;
    }

    private boolean transaction(List<Job<?>> group) {
        if (!begun(group)) {
            return true;
        }
        boolean alone = group.size() == 1;
        boolean kept = alone
                ? group.getFirst().run(parts.link.rows(), parts.dialect)
                : group.stream().allMatch(this::isolated);
        if (!kept) {
            parts.link.rollback();
            return alone;
        }
        return committed(group);
    }

    private boolean begun(List<Job<?>> group) {
        try {
            parts.link.beginWrite();
            parts.schema.require(parts.link.sql());
            return true;
        } catch (SqlFailure e) {
            fail(group, parts.dialect.explain(e.sql()));
        } catch (StorageException e) {
            fail(group, e);
        }
        parts.link.rollback();
        return false;
    }

    /** @return false when the whole transaction is gone */
    private boolean isolated(Job<?> job) {
        Link link = parts.link;
        return link.savepoint() && (job.run(link.rows(), parts.dialect) ? link.keep() : link.undo());
    }

    private boolean committed(List<Job<?>> group) {
        try {
            parts.link.commit();
            commits.increment();
            return true;
        } catch (SqlFailure e) {
            parts.link.rollback();
            if (parts.dialect.trouble(e.sql()) == Dialect.Trouble.OTHER) {
                Supplier<StorageException> why = () -> closed(e);
                group.forEach(job -> job.fail(why.get()));
                parts.broken.because(why);
                return true;
            }
            group.forEach(job -> job.fail(parts.dialect.explain(e.sql())));
            return group.size() == 1;
        }
    }

    private StorageException closed(SqlFailure e) {
        return StorageException.rewire(
                "store_closed",
                "the storage is closed because a COMMIT failed: "
                        + parts.dialect.explain(e.sql()).getMessage()
                        + ". Whether that one transaction was kept is not known; nothing was written after it. Check the "
                        + "disk, then close this storage and open a new one on the same file",
                e.sql());
    }

    private static void fail(List<Job<?>> group, StorageException why) {
        group.forEach(job -> job.fail(why));
    }
}
