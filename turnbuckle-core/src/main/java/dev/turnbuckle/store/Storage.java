package dev.turnbuckle.store;

import dev.turnbuckle.env.Environment;

/** One transactional domain. Thread-safe. */
public interface Storage extends AutoCloseable {
    /** Called once before anything else; checks the schema (S24). Opening an open storage is harmless. */
    void open(Environment environment);

    Traits traits();

    SessionStore sessions();

    Turns turns();

    Inbox inbox();

    Leases leases();

    Journal journal();

    Blobs blobs();

    Maintenance maintenance();

    /** Calls in flight end first. */
    @Override
    void close();

    /**
     * What it is (S35).
     *
     * @param incarnation names this opening of the store in leases
     * @param shared whether other processes may use it at the same time
     * @param ownClock whether leases expire by the store's clock instead of the environment's
     */
    record Traits(String name, String incarnation, boolean durable, boolean shared, boolean ownClock) {}
}
