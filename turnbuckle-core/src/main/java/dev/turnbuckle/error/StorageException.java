package dev.turnbuckle.error;

import org.jspecify.annotations.Nullable;

/**
 * The store could not do what was asked: disk full, file locked, connection gone, damaged bytes. The transaction that
 * failed left nothing behind unless the message says that its end is not known.
 */
public final class StorageException extends TurnbuckleException {
    private static final long serialVersionUID = 1L;

    public StorageException(Remedy remedy, String code, String message, @Nullable Throwable cause) {
        super(remedy, code, message, cause);
    }

    public static StorageException retry(String code, String message, @Nullable Throwable cause) {
        return new StorageException(Remedy.RETRY, code, message, cause);
    }

    public static StorageException rewire(String code, String message, @Nullable Throwable cause) {
        return new StorageException(Remedy.REWIRE, code, message, cause);
    }
}
