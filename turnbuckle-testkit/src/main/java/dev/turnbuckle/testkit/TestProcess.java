package dev.turnbuckle.testkit;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.testkit.Runner.Wait;
import dev.turnbuckle.testkit.Runner.Wake;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One simulated process: an {@link Environment} whose tasks can be killed together. Afterwards none of them does
 * anything observable: they are never scheduled again, and what the running one calls throws {@link ProcessKilled}, so
 * that {@code finally} blocks can do no more than a crash allows. Made by {@link TestEnvironment#process}.
 */
public final class TestProcess implements Environment {
    private final TestEnvironment environment;
    private final Baton baton;
    private final String name;
    private volatile boolean killed;
    private volatile Duration ahead = Duration.ZERO;

    /** Guarded by the baton's lock. */
    boolean stopped;

    TestProcess(TestEnvironment environment, Baton baton, String name) {
        this.environment = environment;
        this.baton = baton;
        this.name = name;
    }

    public String name() {
        return name;
    }

    public boolean killed() {
        return killed;
    }

    /**
     * Ends it at once, as {@code SIGKILL} does.
     *
     * @throws ProcessKilled when called by one of its own tasks
     */
    public void kill() {
        if (!killed) {
            killed = true;
            baton.kill(this);
        }
        if (baton.isTaskOf(this)) {
            requireAlive();
        }
    }

    /**
     * Takes the processor from it, as {@code SIGSTOP} does: its tasks stand still while time and everybody else go on,
     * and what they slept or waited for is over when they wake. A task of its own returns from here when the process
     * {@linkplain #proceed continues}; somebody else must let it.
     */
    public void stop() {
        requireAlive();
        baton.stop(this);
        if (baton.isTaskOf(this)) {
            baton.pass();
        }
    }

    /** Lets it go on, as {@code SIGCONT} does; one that runs is left alone. */
    public void proceed() {
        baton.proceed(this);
    }

    /**
     * Its wall clock jumps, ahead or (negative) back; {@link #nanos} and what sleeps are not touched. Other processes
     * keep their own clocks.
     */
    public void jump(Duration by) {
        ahead = ahead.plus(by);
    }

    /**
     * The storage as this process sees it: refused with {@link ProcessKilled} once the process is dead. The storage
     * itself lives in the whole environment, like a database server, and survives.
     */
    public Storage guard(Storage storage) {
        return GuardedStorage.of(storage, this, environment);
    }

    void requireAlive() {
        baton.requireAlive(this);
    }

    @Override
    public Instant now() {
        requireAlive();
        return TestEnvironment.BEGINNING.plusNanos(baton.nanos()).plus(ahead);
    }

    @Override
    public long nanos() {
        requireAlive();
        return baton.nanos();
    }

    @Override
    public String id() {
        requireAlive();
        return environment.nextId();
    }

    @Override
    public long random() {
        requireAlive();
        return environment.nextRandom();
    }

    @Override
    public Task start(String name, Runnable body) {
        requireAlive();
        return new RunningTask(baton.start(this, name, body));
    }

    /** A task like every other: one at a time, there is nothing to block. */
    @Override
    public Task startBlocking(String name, Runnable body) {
        return start(name, body);
    }

    @Override
    public Signal signal() {
        requireAlive();
        return new VersionSignal(environment.nextSignal());
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        requireAlive();
        baton.sleep(this, new Wait(new Object(), "sleep", baton.deadline(duration)));
    }

    @Override
    public String toString() {
        return name;
    }

    private final class RunningTask implements Task {
        private final Runner runner;

        RunningTask(Runner runner) {
            this.runner = runner;
        }

        @Override
        public void join() throws InterruptedException {
            join(Duration.ofSeconds(Long.MAX_VALUE));
        }

        @Override
        public boolean join(Duration atMost) throws InterruptedException {
            requireAlive();
            Wait wait = new Wait(runner, "the end of " + runner, baton.deadline(atMost));
            return baton.await(TestProcess.this, wait, () -> baton.ended(runner)) == Wake.SATISFIED
                    || baton.ended(runner);
        }

        @Override
        public boolean ended() {
            requireAlive();
            return baton.ended(runner);
        }

        @Override
        public void interrupt() {
            requireAlive();
            baton.interrupt(runner);
        }

        @Override
        public String toString() {
            return runner.toString();
        }
    }

    /** Its hash code is its number, so that sets of signals are walked in the same order in every run. */
    private final class VersionSignal implements Signal {
        private final int number;
        private final AtomicLong version = new AtomicLong();

        VersionSignal(int number) {
            this.number = number;
        }

        @Override
        public long version() {
            requireAlive();
            return version.get();
        }

        @Override
        public void raise() {
            requireAlive();
            version.incrementAndGet();
            baton.wake(this);
        }

        @Override
        public boolean await(long seen, Duration atMost) throws InterruptedException {
            requireAlive();
            Wait wait = new Wait(this, toString(), baton.deadline(atMost));
            return baton.await(TestProcess.this, wait, () -> version.get() != seen) == Wake.SATISFIED
                    || version.get() != seen;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return number;
        }

        @Override
        public String toString() {
            return "signal " + number + " of " + name;
        }
    }
}
