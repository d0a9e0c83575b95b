package dev.turnbuckle.langchain4j;

import dev.turnbuckle.model.ModelRequest;

/**
 * One call, as its request is written.
 *
 * @param structured whether the answer's schema goes into the field that the vendor has for it; otherwise it is said in
 *     words already
 */
record Call(
        Endpoint endpoint,
        ModelRequest request,
        Conversation conversation,
        Parameters parameters,
        boolean structured) {}
