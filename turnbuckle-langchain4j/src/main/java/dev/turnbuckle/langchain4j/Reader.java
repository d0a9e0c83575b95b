package dev.turnbuckle.langchain4j;

import dev.turnbuckle.model.ModelEvent;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the events of one answer, in a vendor's format: shows text and reasoning as they come, and puts the whole
 * together at the end. One thread.
 */
interface Reader {
    /** @throws dev.turnbuckle.model.ModelFailure when the vendor says in mid-stream that there will be no answer */
    void read(@Nullable String name, ObjectNode event);

    /** The vendor's word that nothing follows. */
    default void done() {}

    /** Nothing follows any more; the connection need not end by itself. */
    boolean complete();

    /** The answer is whole if the stream ends now. */
    default boolean whole() {
        return complete();
    }

    /** @throws dev.turnbuckle.model.ModelFailure when what came is no answer: the vendor withheld it */
    ModelEvent.Completed completed();
}
