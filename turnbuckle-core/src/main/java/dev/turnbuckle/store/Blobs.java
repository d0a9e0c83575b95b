package dev.turnbuckle.store;

import java.util.Optional;

/** Content-addressed bytes (S22). */
public interface Blobs {
    /** Stored once, whoever puts them. */
    void put(Blob blob);

    /**
     * @throws dev.turnbuckle.error.StorageException when the stored bytes are damaged: they no longer have their hash
     */
    Optional<Blob> get(String hash);
}
