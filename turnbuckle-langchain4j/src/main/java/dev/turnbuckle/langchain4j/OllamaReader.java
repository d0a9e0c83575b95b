package dev.turnbuckle.langchain4j;

import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Lines of a chat answer. */
final class OllamaReader implements Reader {
    private final Failures failures;
    private final Answer answer;
    private final List<Part> calls = new ArrayList<>();
    private Usage usage = Usage.NONE;
    private @Nullable String finishReason;
    private boolean complete;

    OllamaReader(Failures failures, Consumer<ModelEvent> events) {
        this.failures = failures;
        this.answer = new Answer(events);
    }

    @Override
    public void read(@Nullable String name, ObjectNode line) {
        if (line.hasNonNull("error")) {
            throw failures.inStream(VendorError.of(line));
        }
        JsonNode message = line.path("message");
        answer.reasoning(Json.textOrEmpty(message, "thinking"));
        answer.text(Json.textOrEmpty(message, "content"));
        for (JsonNode call : message.path("tool_calls")) {
            JsonNode function = call.path("function");
            JsonNode arguments = function.path("arguments");
            calls.add(new Part.ToolCall(
                    Json.textOrEmpty(call, "id"),
                    Json.textOrEmpty(function, "name"),
                    arguments.isString() ? arguments.stringValue() : arguments.toString()));
        }
        if (line.path("done").asBoolean(false)) {
            complete = true;
            finishReason = Json.text(line, "done_reason");
            usage = new Usage(Json.count(line, "prompt_eval_count"), null, null, Json.count(line, "eval_count"), null);
        }
    }

    @Override
    public boolean complete() {
        return complete;
    }

    @Override
    public ModelEvent.Completed completed() {
        calls.forEach(answer::add);
        return answer.completed(usage, finishReason);
    }
}
