package dev.turnbuckle;

import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** A model whose answers are given in order of the assistant messages of the newest turn; keeps what it was asked. */
class StubModel implements Model {
    @FunctionalInterface
    interface Answer {
        void stream(ModelRequest request, Consumer<ModelEvent> events) throws InterruptedException;
    }

    final List<ModelRequest> requests = Collections.synchronizedList(new ArrayList<>());
    private final List<Answer> answers;

    StubModel(Answer... answers) {
        this.answers = List.of(answers);
    }

    static Answer says(String text) {
        return (request, events) -> {
            events.accept(new ModelEvent.TextDelta(text));
            events.accept(new ModelEvent.Completed(List.of(new Part.Text(text)), Usage.of(10, 2), "stop"));
        };
    }

    static Part.ToolCall call(String id, String tool, Object arguments) {
        return new Part.ToolCall(id, tool, arguments instanceof String s ? s : Json.writeUser(arguments));
    }

    static Answer calls(Part... parts) {
        return (request, events) ->
                events.accept(new ModelEvent.Completed(List.of(parts), Usage.of(10, 2), "tool_calls"));
    }

    @Override
    public ModelSpec spec() {
        return ModelSpec.named("stub");
    }

    @Override
    public void stream(ModelRequest request, Consumer<ModelEvent> events) throws InterruptedException {
        requests.add(request);
        List<Message> messages = request.messages();
        int next = (int) messages.stream()
                .filter(m -> m.role() == Message.Role.ASSISTANT)
                .count();
        if (next >= answers.size()) {
            throw new IllegalStateException("asked for answer " + next + " of " + answers.size());
        }
        answers.get(next).stream(request, events);
    }
}
