package dev.turnbuckle.env;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** {@link Environment#system()}: virtual threads, platform threads for blocking bodies, the system's clocks. */
final class SystemEnvironment implements Environment {
    static final SystemEnvironment INSTANCE = new SystemEnvironment();

    private static final Alarms ALARMS = new Alarms();
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
        /** Whoever waits longer than this has no alarm. */
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
            long most = nanosOf(atMost);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (most <= 0) {
                return false;
            }
            var alarm = most < FOREVER ? ALARMS.after(most, this::lookAgain) : null;
            try {
                return untilRaised(seen, alarm);
            } finally {
                if (alarm != null) {
                    ALARMS.cancel(alarm);
                }
            }
        }

        private boolean untilRaised(long seen, Alarms.@Nullable Alarm alarm) throws InterruptedException {
            lock.lockInterruptibly();
            try {
                waiting++;
                while (version == seen) {
                    if (alarm != null && ALARMS.isOver(alarm)) {
                        return false;
                    }
                    changed.await();
                }
                return true;
            } finally {
                waiting--;
                lock.unlock();
            }
        }

        private void lookAgain() {
            lock.lock();
            try {
                changed.signalAll();
            } finally {
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
