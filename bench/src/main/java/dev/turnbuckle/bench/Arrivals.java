package dev.turnbuckle.bench;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** How a writer learns that every reader has read as far as it wrote. One writer. */
final class Arrivals {
    /** For those who have read everything to be asleep again. */
    private static final long NAP_NANOS = 300_000;

    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final int readers;
    private final AtomicInteger missing = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicLong goal = new AtomicLong();
    private volatile @Nullable Thread writer;

    Arrivals(int readers) {
        this.readers = readers;
    }

    /** Called by the writer, before it writes so many events more. */
    void expect(int further) {
        writer = Thread.currentThread();
        missing.set(readers);
        goal.addAndGet(further);
    }

    /** Called by each reader with how many events it has read by now. */
    void read(long events) {
        if (events == goal.get() && missing.decrementAndGet() == 0) {
            LockSupport.unpark(writer);
        }
    }

    void failed(Throwable why) {
        failure.compareAndSet(null, why);
        LockSupport.unpark(writer);
    }

    /** Until all have read what was expected. */
    void await() {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (missing.get() > 0) {
            LockSupport.parkNanos(end - System.nanoTime());
            if (failure.get() != null || System.nanoTime() >= end) {
                throw new IllegalStateException(missing + " readers did not read everything", failure.get());
            }
        }
    }

    /** Until all have read it, and sleep. */
    void settle() {
        await();
        LockSupport.parkNanos(NAP_NANOS);
    }
}
