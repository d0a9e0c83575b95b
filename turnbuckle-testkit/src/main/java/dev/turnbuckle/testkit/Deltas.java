package dev.turnbuckle.testkit;

import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.session.Part;
import java.util.ArrayList;
import java.util.List;

/**
 * What was streamed, without how it was cut: deltas of one kind in a row are one run. Where a network cuts them is chance,
 * and a file that holds it could not be compared.
 */
final class Deltas {
    private final List<ModelEvent> runs = new ArrayList<>();
    private final StringBuilder run = new StringBuilder();
    private boolean reasoning;
    private long chars;

    /** What a model streams that streams its answer as it is. */
    static Deltas of(List<Part> parts) {
        var deltas = new Deltas();
        for (Part part : parts) {
            switch (part) {
                case Part.Text t -> deltas.add(false, t.text());
                case Part.Reasoning r -> deltas.add(true, r.text());
                default -> {}
            }
        }
        return deltas;
    }

    void add(ModelEvent event) {
        switch (event) {
            case ModelEvent.TextDelta t -> add(false, t.text());
            case ModelEvent.ReasoningDelta r -> add(true, r.text());
            case ModelEvent.Completed c -> {}
        }
    }

    private void add(boolean thought, String text) {
        if (text.isEmpty()) {
            return;
        }
        if (thought != reasoning) {
            end();
            reasoning = thought;
        }
        run.append(text);
        chars += text.length();
    }

    private void end() {
        if (!run.isEmpty()) {
            String text = run.toString();
            runs.add(reasoning ? new ModelEvent.ReasoningDelta(text) : new ModelEvent.TextDelta(text));
            run.setLength(0);
        }
    }

    long chars() {
        return chars;
    }

    List<ModelEvent> runs() {
        end();
        return List.copyOf(runs);
    }
}
