package dev.turnbuckle.testkit;

import dev.turnbuckle.env.Environment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Virtual time, one runnable task at a time, everything from one seed: the same seed gives the same run, line by line of
 * its {@link #trace}.
 *
 * <p>At each switch point (start of a task, {@link Environment.Signal#await}, {@link Environment.Task#join},
 * {@link #sleep}, end of a task) the seed chooses who goes on. Time moves by {@link #tick}, or when the test's own
 * thread waits through this environment and nothing else can run: then it jumps to the earliest deadline. A test's
 * thread that waits in vain for {@link #LONGEST_WAIT} fails with an {@link IllegalStateException} that lists the tasks
 * and what each waits for.
 *
 * <p>Tasks run only while the test's thread waits or ticks. It must therefore wait through this environment (as every
 * blocking call of Turnbuckle does), not through a future or a latch of its own. For one test thread; others may take
 * part, but a run is then no longer a function of its seed.
 */
public final class TestEnvironment implements Environment, AutoCloseable {
    /** When virtual time begins. */
    public static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

    /** Virtual time that an outside thread waits for, over any number of waits that bring nothing. */
    public static final Duration LONGEST_WAIT = Duration.ofHours(1);

    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int ID_LENGTH = 26;

    private final long seed;
    private final Baton baton;
    private final SplittableRandom values;
    private final ReentrantLock drawing = new ReentrantLock();
    private final AtomicInteger signals = new AtomicInteger();
    private final AtomicInteger processes = new AtomicInteger();
    private final TestProcess main;

    private TestEnvironment(long seed) {
        this.seed = seed;
        this.baton = new Baton(seed);
        this.values = new SplittableRandom(~seed);
        this.main = new TestProcess(this, baton, "main");
    }

    public static TestEnvironment seeded(long seed) {
        return new TestEnvironment(seed);
    }

    public long seed() {
        return seed;
    }

    /** A process of its own, which can be killed. */
    public TestProcess process(String name) {
        return new TestProcess(this, baton, name + "/" + processes.incrementAndGet());
    }

    /** Lets time pass, and everything that is due until then run. For the test's own thread. */
    public void tick(Duration duration) {
        baton.tick(main, duration);
    }

    /** Runs what can run without any time passing. */
    public void settle() {
        tick(Duration.ZERO);
    }

    /** What happened, oldest first; the newest {@value Trace#MAX_LINES} lines. */
    public List<String> trace() {
        return baton.trace();
    }

    /** What tasks threw and nobody caught. */
    public List<Throwable> failures() {
        return baton.failures();
    }

    /** Unwinds every task that is left. */
    @Override
    public void close() {
        try {
            baton.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    String nextId() {
        drawing.lock();
        try {
            var id = new StringBuilder(ID_LENGTH);
            for (int i = 0; i < ID_LENGTH; i++) {
                id.append(ALPHABET.charAt(values.nextInt(ALPHABET.length())));
            }
            return id.toString();
        } finally {
            drawing.unlock();
        }
    }

    long nextRandom() {
        drawing.lock();
        try {
            return values.nextLong();
        } finally {
            drawing.unlock();
        }
    }

    int nextSignal() {
        return signals.incrementAndGet();
    }

    @Override
    public Instant now() {
        return main.now();
    }

    @Override
    public long nanos() {
        return main.nanos();
    }

    @Override
    public String id() {
        return main.id();
    }

    @Override
    public long random() {
        return main.random();
    }

    @Override
    public Task start(String name, Runnable body) {
        return main.start(name, body);
    }

    @Override
    public Task startBlocking(String name, Runnable body) {
        return main.startBlocking(name, body);
    }

    @Override
    public Signal signal() {
        return main.signal();
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        main.sleep(duration);
    }
}
