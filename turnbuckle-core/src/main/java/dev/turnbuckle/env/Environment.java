package dev.turnbuckle.env;

import java.time.Duration;
import java.time.Instant;

/**
 * Everything outside that is not storage, model or tool: clock, ids, randomness, and tasks. Nothing else in Turnbuckle
 * reads a clock, draws a random number, or starts, parks or times a thread (law 9), so the same program runs on threads
 * in production and on virtual time, one runnable task at a time, under a seed in tests.
 *
 * <p>Rule for users of this interface: never hold a lock across {@link Signal#await}, {@link Task#join},
 * {@link #sleep} or {@link #start}; where one task runs at a time, another one may run until these return.
 */
public interface Environment {
    /** Wall clock. */
    Instant now();

    /** Monotonic clock in nanoseconds, for durations only. */
    long nanos();

    /** A new unguessable id: 26 characters of lower-case base 32, at least 128 random bits. */
    String id();

    /** 64 random bits. */
    long random();

    /** Starts a cheap task (a virtual thread). */
    Task start(String name, Runnable body);

    /** Starts a task that may block its carrier for long (a platform thread): a JDBC driver in native code. */
    Task startBlocking(String name, Runnable body);

    Signal signal();

    void sleep(Duration duration) throws InterruptedException;

    /** Threads, the system clock, strong randomness. */
    static Environment system() {
        return SystemEnvironment.INSTANCE;
    }

    /** A running body. A body that throws ends its task; the failure goes to the thread's uncaught handler. */
    interface Task {
        void join() throws InterruptedException;

        /** @return whether it ended in time */
        boolean join(Duration atMost) throws InterruptedException;

        boolean ended();

        /** Sets the interrupt flag of the body's thread. */
        void interrupt();
    }

    /**
     * "Something changed", for any number of waiters, without lost wake-ups: read {@link #version}, look at the state,
     * then await a version other than the one you read.
     */
    interface Signal {
        long version();

        void raise();

        /** @return whether the version differs from {@code seen}; false when the time is over */
        boolean await(long seen, Duration atMost) throws InterruptedException;
    }
}
