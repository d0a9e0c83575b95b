package dev.turnbuckle.bench;

import dev.turnbuckle.env.Environment;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** The system's, with clocks that can be put forward: nobody waits ten minutes for what goes after ten minutes. */
final class AheadEnvironment implements Environment {
    private final Environment system = Environment.system();
    private final AtomicLong ahead = new AtomicLong();

    void putForward(Duration by) {
        ahead.addAndGet(by.toNanos());
    }

    @Override
    public Instant now() {
        return system.now().plusNanos(ahead.get());
    }

    @Override
    public long nanos() {
        return system.nanos() + ahead.get();
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
