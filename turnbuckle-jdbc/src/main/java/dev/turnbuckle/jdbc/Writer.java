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
 * of it, so that one fsync serves all; nobody is answered before COMMIT. A member that fails is rare, and savepoints make
 * each member a tenth dearer, so a group runs without them first, and again with one for each when a member failed.
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
    /** The other connections' version that was met last; none at first. */
    private long met = -1;

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

    /** Jobs that wait, for tests. */
    int queued() {
        return queue.size();
    }

    /** The writer's thread, until the queue is closed. */
    void run() {
        List<Job<?>> group = queue.take(arrived, MOST_GROUPED);
        while (!group.isEmpty()) {
            if (!served(group, false) && !served(group, true)) {
                group.forEach(job -> served(List.of(job), false));
            }
            parts.checkpoints.written(parts.link.sql());
            group = queue.take(arrived, MOST_GROUPED);
        }
    }

    /** False when everything was undone and nobody is answered: to be run again, more carefully. */
    private boolean served(List<Job<?>> group, boolean isolated) {
        boolean done;
        try {
            parts.lock.acquire();
        } catch (IOException e) {
            fail(group, StorageException.retry("lock_file", parts.lock + " cannot be locked: " + e.getMessage(), e));
            return true;
        }
        try {
            done = transaction(group, isolated);
        } finally {
            parts.lock.release();
        }
        if (done) {
            group.forEach(Job::answer);
        }
        return done;
    }

    private boolean transaction(List<Job<?>> group, boolean isolated) {
        if (!begun(group)) {
            return true;
        }
        if (!group.stream().allMatch(isolated ? this::isolated : this::run)) {
            parts.link.rollback();
            return group.size() == 1;
        }
        return committed(group);
    }

    private boolean run(Job<?> job) {
        return job.run(parts.link.rows(), parts.dialect);
    }

    private boolean begun(List<Job<?>> group) {
        try {
            parts.link.beginWrite();
            meetOthers();
            return true;
        } catch (SqlFailure e) {
            fail(group, parts.dialect.explain(e.sql()));
        } catch (StorageException e) {
            fail(group, e);
        }
        parts.link.rollback();
        return false;
    }

    /** Another process may have written since, and even migrated the tables (S24). */
    private void meetOthers() {
        long version = parts.link.othersVersion();
        if (version != met) {
            parts.link.rows().forget();
            parts.schema.require(parts.link.sql());
            met = version;
        }
    }

    /** False when the whole transaction is gone. */
    private boolean isolated(Job<?> job) {
        return parts.link.savepoint() && (run(job) ? parts.link.keep() : parts.link.undo());
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
