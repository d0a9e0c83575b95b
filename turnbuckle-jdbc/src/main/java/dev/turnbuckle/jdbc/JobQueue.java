package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.env.Environment.Signal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Jobs between callers and the threads that own connections. Bounded: a caller that finds it full waits for room. A
 * taker that finds it empty sleeps on a signal of its own, so a job wakes one thread, and none while all are busy.
 */
final class JobQueue {
    /** More callers than this wait outside. */
    static final int MOST_QUEUED = 4_096;

    private final ReentrantLock lock;
    private final int most;
    private final Deque<Job<?>> first = new ArrayDeque<>();
    private final Deque<Job<?>> next = new ArrayDeque<>();
    private final Deque<Signal> idle = new ArrayDeque<>();
    private final Signal room;
    private @Nullable Supplier<? extends RuntimeException> closed;

    JobQueue(Environment environment) {
        this(environment, MOST_QUEUED, new ReentrantLock());
    }

    /**
     * @param most jobs that wait inside
     * @param lock of its own; a test shows that it is needed
     */
    JobQueue(Environment environment, int most, ReentrantLock lock) {
        this.room = environment.signal();
        this.most = most;
        this.lock = lock;
    }

    /** @param urgent goes before everything that is not */
    void put(Job<?> job, boolean urgent) {
        boolean interrupted = false;
        long seen = room.version();
        while (!offered(job, urgent)) {
            try {
                room.await(seen, Job.FOREVER);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            seen = room.version();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean offered(Job<?> job, boolean urgent) {
        Signal sleeper;
        lock.lock();
        try {
            if (closed != null) {
                throw closed.get();
            }
            if (first.size() + next.size() >= most) {
                return false;
            }
            (urgent ? first : next).add(job);
            sleeper = idle.poll();
        } finally {
            lock.unlock();
        }
        if (sleeper != null) {
            sleeper.raise();
        }
        return true;
    }

    /**
     * Waits for work.
     *
     * @param taker the calling thread's own signal
     * @return at most so many jobs, urgent ones first; none when the queue is closed and empty
     */
    List<Job<?>> take(Signal taker, int atOnce) {
        while (true) {
            long seen = taker.version();
            List<Job<?>> taken = taken(taker, atOnce);
            if (taken != null) {
                return taken;
            }
            try {
                taker.await(seen, Job.FOREVER);
            } catch (InterruptedException e) {
                // the owner of a connection is never cancelled (S33): it ends when the queue is closed
            }
        }
    }

    /** @return {@code null} when there is nothing yet: the taker is told when there is */
    @Nullable List<Job<?>> taken(Signal taker, int atOnce) {
        var taken = new ArrayList<Job<?>>();
        boolean wasFull;
        lock.lock();
        try {
            idle.remove(taker);
            wasFull = first.size() + next.size() >= most;
            while (taken.size() < atOnce && !(first.isEmpty() && next.isEmpty())) {
                taken.add(first.isEmpty() ? next.remove() : first.remove());
            }
            if (taken.isEmpty() && closed == null) {
                idle.push(taker);
                return null;
            }
        } finally {
            lock.unlock();
        }
        if (wasFull) {
            room.raise();
        }
        return taken;
    }

    /** For tests. */
    int size() {
        lock.lock();
        try {
            return first.size() + next.size();
        } finally {
            lock.unlock();
        }
    }

    /** Takes nothing more in; what is queued is still served. The first reason stays. */
    void close(Supplier<? extends RuntimeException> why) {
        List<Signal> sleepers;
        lock.lock();
        try {
            closed = closed == null ? why : closed;
            sleepers = List.copyOf(idle);
            idle.clear();
        } finally {
            lock.unlock();
        }
        sleepers.forEach(Signal::raise);
        room.raise();
    }

    /** Closes, and answers what is queued with the reason. */
    void abandon(Supplier<? extends RuntimeException> why) {
        close(why);
        var left = new ArrayList<Job<?>>();
        lock.lock();
        try {
            left.addAll(first);
            left.addAll(next);
            first.clear();
            next.clear();
        } finally {
            lock.unlock();
        }
        for (Job<?> job : left) {
            job.fail(why.get());
            job.answer();
        }
    }
}
