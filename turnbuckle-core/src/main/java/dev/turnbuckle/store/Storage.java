package dev.turnbuckle.store;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.env.HostTransaction;
import dev.turnbuckle.error.WiringException;

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

    /** Hints from other nodes; by default there are none. */
    default Wakeups wakeups() {
        return Wakeups.NONE;
    }

    /**
     * This storage inside of a transaction of the application's (Q7): what is written exists exactly if the application
     * commits. Used by the transaction's thread, until it ends.
     *
     * @throws WiringException when this storage is not in a database that the application can share
     */
    default Storage within(HostTransaction transaction) {
        throw new WiringException("a storage of the kind \"" + traits().name()
                + "\" cannot take part in a transaction of the application; one on PostgreSQL can");
    }

    /**
     * Begins a transaction that a tool can write in and that records its outcome (J10).
     *
     * @throws WiringException when this storage is not in a database that the application can share
     */
    default SharedTransaction begin() {
        throw new WiringException("a storage of the kind \"" + traits().name()
                + "\" has no transaction that a tool could write in; one on PostgreSQL has");
    }

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
