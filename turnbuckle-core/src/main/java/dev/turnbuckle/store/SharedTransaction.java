package dev.turnbuckle.store;

import dev.turnbuckle.env.HostTransaction;

/** A transaction of the store's in which a tool writes too, and which records the tool's outcome (J10). Used by one thread at a time. */
public interface SharedTransaction extends AutoCloseable {
    /** As the tool takes it. */
    HostTransaction host();

    /** The storage inside of it. */
    Storage storage();

    /** @throws dev.turnbuckle.error.StorageException when it was undone, or nobody knows whether it landed */
    void commit();

    /** Undoes what was not committed. */
    @Override
    void close();
}
