package dev.turnbuckle.testkit.tck;

import dev.turnbuckle.env.Environment;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Real threads, and a wall clock that moves by {@link #tick} alone: what the contract suites run on, because a backend
 * may wait for its driver's own threads, which virtual time knows nothing of.
 */
public final class ManualClock implements Environment {
    /** Where it begins. */
    public static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

    private final Environment system = Environment.system();
    private final AtomicLong nanos = new AtomicLong();

    public void tick(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }

    @Override
    public Instant now() {
        return BEGINNING.plusNanos(nanos.get());
    }

    @Override
    public long nanos() {
        return nanos.get();
    }

    @Override
    public String id() {
        return system.id();
    }

    @Override
    public long random() {
        return system.random();
    }

    @Override
    public Task start(String name, Runnable body) {
        return system.start(name, body);
    }

    @Override
    public Task startBlocking(String name, Runnable body) {
        return system.startBlocking(name, body);
    }

    @Override
    public Signal signal() {
        return system.signal();
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
        system.sleep(duration);
    }
}
