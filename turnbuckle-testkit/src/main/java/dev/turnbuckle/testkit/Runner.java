package dev.turnbuckle.testkit;

import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Who can hold the baton: a task, or an outside thread for as long as it waits. Guarded by the baton's lock. */
final class Runner {
    /** A deadline that never comes. */
    static final long NEVER = Long.MAX_VALUE;

    enum Phase {
        READY,
        RUNNING,
        WAITING,
        ENDED
    }

    enum Wake {
        SATISFIED,
        TIME_OVER,
        INTERRUPTED,
        KILLED,
        HOPELESS
    }

    /**
     * What is waited for.
     *
     * @param on whose {@link Baton#wake} ends the wait
     * @param deadline in nanoseconds of virtual time
     */
    record Wait(Object on, String what, long deadline) {}

    final String name;

    /** {@code null} for an outside thread. */
    final @Nullable Runnable body;

    /** Given by the one who chose this runner. */
    final Semaphore baton = new Semaphore(0);

    /** Whose task it is; of an outside thread: through which it waits now. */
    TestProcess process;

    Phase phase = Phase.READY;
    Wake wake = Wake.SATISFIED;

    @Nullable Wait waitsFor;

    @Nullable Thread thread;

    /** Interrupted while it did not wait: its flag is set when it runs again. */
    boolean interrupted;

    /** An outside thread in {@link TestEnvironment#tick}: goes on when everybody else waits for later. */
    boolean ticking;

    /** Virtual time at which an outside thread gives up; {@link #NEVER} for a task. */
    long patience = NEVER;

    /** Calls that were refused after the process was killed. */
    int refusals;

    Runner(String name, TestProcess process, @Nullable Runnable body) {
        this.name = name;
        this.process = process;
        this.body = body;
    }

    boolean outside() {
        return body == null;
    }

    /** Whether it may run when it is ready. */
    boolean able() {
        return outside() || !process.stopped;
    }

    long deadline() {
        return waitsFor == null ? NEVER : waitsFor.deadline();
    }

    @SuppressWarnings("ReferenceEquality") // this very signal or task
    boolean waitsOn(Object on) {
        return phase == Phase.WAITING && waitsFor != null && waitsFor.on() == on;
    }

    @Override
    public String toString() {
        return name;
    }
}
