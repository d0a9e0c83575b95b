package dev.turnbuckle.model;

import dev.turnbuckle.session.Part;

/** Where a model finds the bytes that a message refers to. Thread-safe; reads when asked. */
@FunctionalInterface
public interface Attachments {
    /** Of a request whose messages refer to nothing. */
    Attachments NONE = ref -> {
        throw new IllegalStateException("nothing is attached, but " + ref + " is asked for");
    };

    /** @throws dev.turnbuckle.error.StorageException when the store is away or its bytes are damaged */
    byte[] bytes(Part.AttachmentRef ref);
}
