package dev.turnbuckle.bench;

import dev.turnbuckle.live.Activity;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/**
 * The least that wakes readers: each is a parked virtual thread, unparked by the writer, and reads references from a
 * shared array. No bounds, no cursors, no events: just park and unpark.
 */
final class LeastCrowd implements AutoCloseable {
    private static final int KEPT = 2_048;

    private final AtomicReferenceArray<Activity> slots = new AtomicReferenceArray<>(KEPT);
    private final List<Thread> readers = new ArrayList<>();
    private final Arrivals arrivals;
    private volatile long tail;
    private volatile boolean closed;

    LeastCrowd(int size) {
        arrivals = new Arrivals(size);
        for (int i = 0; i < size; i++) {
            readers.add(Thread.ofVirtual().start(this::read));
        }
    }

    private void read() {
        long read = 0;
        while (!closed) {
            long end = tail;
            if (read == end) {
                LockSupport.park(this);
            }
            while (read < end) {
                if (slots.get((int) (read % KEPT)) == null) {
                    arrivals.failed(new IllegalStateException("nothing at " + read));
                }
                arrivals.read(++read);
            }
        }
    }

    private void append() {
        long position = tail;
        slots.set((int) (position % KEPT), Crowd.delta());
        tail = position + 1;
    }

    /** Tells everybody. */
    void wake() {
        readers.forEach(LockSupport::unpark);
    }

    /**
     * Until everybody sleeps.
     *
     * @param next events that are there now, and that nobody is told of yet
     */
    void settle(int next) {
        arrivals.settle();
        if (next > 0) {
            arrivals.expect(next);
        }
        for (int i = 0; i < next; i++) {
            append();
        }
    }

    void burst(int events) {
        arrivals.expect(events);
        for (int i = 0; i < events; i++) {
            append();
        }
        wake();
        arrivals.await();
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        wake();
        for (Thread reader : readers) {
            reader.join();
        }
    }
}
