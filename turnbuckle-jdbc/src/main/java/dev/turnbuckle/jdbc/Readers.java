package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.store.plan.Transactions.Work;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A few read-only connections, each on its own thread: a driver in native code would hold a virtual thread's carrier. */
final class Readers {
    static final int COUNT = 3;

    private final JobQueue queue;
    private final Environment environment;
    private final Dialect dialect;

    Readers(Environment environment, Dialect dialect) {
        this.queue = new JobQueue(environment);
        this.environment = environment;
        this.dialect = dialect;
    }

    <T extends @Nullable Object> T read(Work<T> work) {
        var job = new Job<>(work, environment);
        queue.put(job, false);
        return job.await();
    }

    void close(Supplier<? extends RuntimeException> why) {
        queue.close(why);
    }

    void abandon(Supplier<? extends RuntimeException> why) {
        queue.abandon(why);
    }

    /** One reader's thread, until the queue is closed. */
    void run(Link link) {
        var arrived = environment.signal();
        List<Job<?>> jobs = queue.take(arrived, 1);
        while (!jobs.isEmpty()) {
            serve(link, jobs.getFirst());
            jobs = queue.take(arrived, 1);
        }
    }

    /** All statements of one work see one snapshot. */
    private void serve(Link link, Job<?> job) {
        try {
            link.beginRead();
            job.run(link.rows(), dialect);
        } catch (SqlFailure e) {
            job.fail(dialect.explain(e.sql()));
        }
        link.rollback();
        job.answer();
    }
}
