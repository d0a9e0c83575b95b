package dev.turnbuckle.langchain4j;

import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Parts of an answer in the order in which they came; pieces of one text are joined. One thread. */
final class Answer {
    private final Consumer<ModelEvent> events;
    private final List<Part> parts = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();

    Answer(Consumer<ModelEvent> events) {
        this.events = events;
    }

    /** Shown at once. */
    void text(String delta) {
        if (!delta.isEmpty()) {
            closeReasoning();
            text.append(delta);
            events.accept(new ModelEvent.TextDelta(delta));
        }
    }

    /** Shown at once. */
    void reasoning(String delta) {
        if (!delta.isEmpty()) {
            closeText();
            reasoning.append(delta);
            events.accept(new ModelEvent.ReasoningDelta(delta));
        }
    }

    /** Whether the last thing that came can take a signature of its own. */
    boolean inText() {
        return !text.isEmpty();
    }

    void add(Part part) {
        close();
        parts.add(part);
    }

    void close() {
        closeReasoning();
        closeText();
    }

    private void closeText() {
        if (!text.isEmpty()) {
            parts.add(new Part.Text(text.toString()));
            text.setLength(0);
        }
    }

    private void closeReasoning() {
        if (!reasoning.isEmpty()) {
            parts.add(new Part.Reasoning(reasoning.toString(), null));
            reasoning.setLength(0);
        }
    }

    ModelEvent.Completed completed(Usage usage, @Nullable String finishReason) {
        close();
        return new ModelEvent.Completed(parts, usage, finishReason == null ? "" : finishReason);
    }
}
