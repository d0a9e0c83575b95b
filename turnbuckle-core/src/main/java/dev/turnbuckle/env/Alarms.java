package dev.turnbuckle.env;

import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends waits at their times. Most end before: so the thread that rings sleeps until the time that was the earliest when it
 * fell asleep. A wait that begins wakes it only when its own time is earlier, and one that ends never does; a timed park of
 * a virtual thread wakes the JDK's timer thread at both ends.
 */
final class Alarms {
    private static final Logger LOG = LoggerFactory.getLogger(Alarms.class);
    private static final long NEVER = Long.MAX_VALUE;

    /** @param nanos since the beginning of all alarms, so that it does not overflow */
    record Alarm(long nanos, long number) implements Comparable<Alarm> {
        @Override
        public int compareTo(Alarm other) {
            int byTime = Long.compare(nanos, other.nanos);
            return byTime == 0 ? Long.compare(number, other.number) : byTime;
        }
    }

    private final long start = System.nanoTime();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition earlier = lock.newCondition();
    private final TreeMap<Alarm, Runnable> waiting = new TreeMap<>();
    private long sleepsUntil;
    private long numbers;
    private boolean started;

    /** @param ring called once, unless it is cancelled before, on a thread that others wait for */
    Alarm after(long nanos, Runnable ring) {
        lock.lock();
        try {
            long now = now();
            var alarm = new Alarm(nanos > NEVER - now ? NEVER : now + nanos, numbers++);
            waiting.put(alarm, ring);
            if (!started) {
                started = true;
                Thread.ofVirtual().name("turnbuckle-alarms").start(this::ringAlways);
            } else if (alarm.nanos() < sleepsUntil) {
                earlier.signal();
            }
            return alarm;
        } finally {
            lock.unlock();
        }
    }

    boolean isOver(Alarm alarm) {
        return now() >= alarm.nanos();
    }

    void cancel(Alarm alarm) {
        lock.lock();
        try {
            waiting.remove(alarm);
        } finally {
            lock.unlock();
        }
    }

    private long now() {
        return System.nanoTime() - start;
    }

    private void ringAlways() {
        while (true) {
            Runnable ring = next();
            try {
                ring.run();
            } catch (Throwable e) { // the edge of the only thread that rings: those that come after it are waited for
                LOG.error("an alarm failed", e);
            }
        }
    }

    private Runnable next() {
        lock.lock();
        try {
            while (true) {
                long first = waiting.isEmpty() ? NEVER : waiting.firstKey().nanos();
                long left = first - now();
                if (left <= 0) {
                    sleepsUntil = 0;
                    return waiting.pollFirstEntry().getValue();
                }
                sleepsUntil = first;
                earlier.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody knows this thread", e);
        } finally {
            lock.unlock();
        }
    }
}
