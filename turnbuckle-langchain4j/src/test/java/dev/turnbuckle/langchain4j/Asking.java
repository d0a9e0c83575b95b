package dev.turnbuckle.langchain4j;

import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.tool.EffectClass;
import dev.turnbuckle.tool.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Asks a model and keeps what it says. */
record Asking(List<ModelEvent> events) {
    static final ToolSpec WEATHER = ToolSpec.of("weather", "Weather in a city", """
            {"type":"object","properties":{"city":{"type":"string","minLength":1}},"required":["city"],\
            "additionalProperties":false}""", EffectClass.READ);

    static ModelRequest request(Model model, Message... messages) {
        return new ModelRequest(model.spec(), List.of("Be short."), List.of(messages), List.of(WEATHER), null);
    }

    static Asking ask(Model model, Message... messages) throws InterruptedException {
        return ask(model, request(model, messages));
    }

    static Asking ask(Model model, ModelRequest request) throws InterruptedException {
        var events = new ArrayList<ModelEvent>();
        model.stream(request, events::add);
        return new Asking(events);
    }

    /** How the call failed. */
    static ModelFailure fails(Model model) throws InterruptedException {
        try {
            ask(model, Message.user("Hello"));
        } catch (ModelFailure e) {
            return e;
        }
        throw new AssertionError("the model answered");
    }

    ModelEvent.Completed completed() {
        return (ModelEvent.Completed) events.getLast();
    }

    List<Part> parts() {
        return completed().parts();
    }

    String shown() {
        return events.stream()
                .map(e -> e instanceof ModelEvent.TextDelta t ? t.text() : "")
                .collect(Collectors.joining());
    }

    String shownReasoning() {
        return events.stream()
                .map(e -> e instanceof ModelEvent.ReasoningDelta r ? r.text() : "")
                .collect(Collectors.joining());
    }
}
