package dev.turnbuckle.env;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** {@link Environment#system()}: virtual threads, platform threads for blocking bodies, the system's clocks. */
final class SystemEnvironment implements Environment {
    static final SystemEnvironment INSTANCE = new SystemEnvironment();

    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int ID_LENGTH = 26;

    private final SecureRandom random = new SecureRandom();

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public String id() {
        var bytes = new byte[ID_LENGTH];
        random.nextBytes(bytes);
        var id = new StringBuilder(ID_LENGTH);
        for (byte b : bytes) {
            id.append(ALPHABET.charAt(b & 31));
        }
        return id.toString();
    }

    @Override
    public long random() {
        return random.nextLong();
    }

    @Override
    public Task start(String name, Runnable body) {
        return new ThreadTask(Thread.ofVirtual().name(name).start(body));
    }

    @Override
    public Task startBlocking(String name, Runnable body) {
        return new ThreadTask(Thread.ofPlatform().daemon().name(name).start(body));
    }

    @Override
    public Signal signal() {
        return new LockSignal();
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        Thread.sleep(duration);
    }

    private record ThreadTask(Thread thread) implements Task {
        @Override
        public void join() throws InterruptedException {
            thread.join();
        }

        @Override
        public boolean join(Duration atMost) throws InterruptedException {
            return thread.join(atMost);
        }

        @Override
        public boolean ended() {
            return thread.getState() == Thread.State.TERMINATED;
        }

        @Override
        public void interrupt() {
            thread.interrupt();
        }
    }

    private static final class LockSignal implements Signal {
        /** Whoever waits longer than this is not woken by a timer: arming one for each wait costs more than the wait. */
        private static final long FOREVER = TimeUnit.DAYS.toNanos(365);

        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private volatile long version;
        private int waiting;

        @Override
        public long version() {
            return version;
        }

        @Override
        public void raise() {
            lock.lock();
            try {
                long next = version + 1;
                version = next;
                if (waiting > 0) {
                    changed.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public boolean await(long seen, Duration atMost) throws InterruptedException {
            if (version != seen) {
                return true;
            }
            long left = nanosOf(atMost);
            lock.lockInterruptibly();
            try {
                waiting++;
                while (version == seen) {
                    if (left <= 0) {
                        return false;
                    }
                    if (left >= FOREVER) {
                        changed.await();
                    } else {
                        left = changed.awaitNanos(left);
                    }
                }
                return true;
            } finally {
                waiting--;
                lock.unlock();
            }
        }

        private static long nanosOf(Duration duration) {
            try {
                return duration.toNanos();
            } catch (ArithmeticException tooLong) {
                return Long.MAX_VALUE;
            }
        }
    }
}
