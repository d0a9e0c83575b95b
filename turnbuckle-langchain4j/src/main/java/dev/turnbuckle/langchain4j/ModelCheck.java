package dev.turnbuckle.langchain4j;

import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.session.Usage;
import java.time.Duration;

/** How a tiny call ended ({@link VendorModels#check}). */
public sealed interface ModelCheck {
    /** From the call to its end, whole answer included. */
    Duration latency();

    record Answered(Duration latency, Usage usage) implements ModelCheck {}

    /** @param message for a person: what is wrong and what helps; holds no key */
    record Failed(Duration latency, ModelFailure.Kind kind, String message) implements ModelCheck {}
}
