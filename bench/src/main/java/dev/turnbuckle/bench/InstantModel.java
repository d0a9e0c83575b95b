package dev.turnbuckle.bench;

import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import java.util.List;
import java.util.function.Consumer;

/** Answers at once: first with a call of the tool, then with a sentence. Holds nothing, so it never differs. */
final class InstantModel implements Model {
    static final String TOOL = "book";

    private static final ModelSpec SPEC = ModelSpec.named("instant");
    private static final List<Part> CALL =
            List.of(new Part.ToolCall("call-1", TOOL, "{\"city\":\"Oslo\",\"guests\":2}"));
    private static final List<Part> ANSWER =
            List.of(new Part.Text("Done: two beds in Oslo are booked for tonight, breakfast is included."));

    @Override
    public ModelSpec spec() {
        return SPEC;
    }

    @Override
    public void stream(ModelRequest request, Consumer<ModelEvent> events) {
        boolean asked = request.messages().getLast().role() == Message.Role.USER;
        events.accept(
                asked
                        ? new ModelEvent.Completed(CALL, Usage.of(120, 18), "tool_calls")
                        : new ModelEvent.Completed(ANSWER, Usage.of(170, 22), "stop"));
    }
}
