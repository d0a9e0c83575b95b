package dev.turnbuckle.model;

import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import java.util.List;

/** What a model streams; the last one is {@link Completed}. */
public sealed interface ModelEvent {
    record TextDelta(String text) implements ModelEvent {}

    record ReasoningDelta(String text) implements ModelEvent {}

    /**
     * The whole answer; deltas before it are only for eyes.
     *
     * @param finishReason the vendor's word
     */
    record Completed(List<Part> parts, Usage usage, String finishReason) implements ModelEvent {
        public Completed {
            parts = List.copyOf(parts);
        }
    }
}
