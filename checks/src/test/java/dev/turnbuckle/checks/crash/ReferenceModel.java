package dev.turnbuckle.checks.crash;

import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import java.util.List;
import java.util.function.Consumer;

/** Answers by how many answers the request already holds, so every process says the same. */
final class ReferenceModel implements Model {
    @Override
    public ModelSpec spec() {
        return ModelSpec.named("reference");
    }

    @Override
    public void stream(ModelRequest request, Consumer<ModelEvent> events) {
        long answers = request.messages().stream()
                .filter(m -> m.role() == Message.Role.ASSISTANT)
                .count();
        List<Part> parts = switch ((int) answers) {
            case 0 ->
                List.of(
                        new Part.ToolCall("c1", "look", "{\"text\":\"around\"}"),
                        new Part.ToolCall("c2", "charge", "{\"text\":\"A-17\"}"));
            case 1 -> List.of(new Part.Text("Charged."));
            default -> List.of(new Part.Text("Awake."));
        };
        events.accept(new ModelEvent.TextDelta("…"));
        events.accept(new ModelEvent.Completed(parts, Usage.of(10, 1), "stop"));
    }
}
