package dev.turnbuckle.langchain4j;

import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelFailure.Kind;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Chunks of a chat completion. */
final class OpenAiChatReader implements Reader {
    private static final class Call {
        private String id = "";
        private String name = "";
        private final StringBuilder arguments = new StringBuilder();
    }

    private final Failures failures;
    private final Answer answer;
    private final TreeMap<Integer, Call> calls = new TreeMap<>();
    private Usage usage = Usage.NONE;
    private @Nullable String finishReason;
    private boolean done;

    OpenAiChatReader(Failures failures, Consumer<ModelEvent> events) {
        this.failures = failures;
        this.answer = new Answer(events);
    }

    @Override
    public void read(@Nullable String name, ObjectNode event) {
        if (event.hasNonNull("error") || "error".equals(name)) {
            throw failures.inStream(VendorError.of(event));
        }
        if (event.path("usage").isObject()) {
            usage = usage(event.path("usage"));
        }
        JsonNode choice = event.path("choices").path(0);
        JsonNode delta = choice.path("delta");
        String reasoning = Json.textOrEmpty(delta, "reasoning_content");
        answer.reasoning(reasoning.isEmpty() ? Json.textOrEmpty(delta, "reasoning") : reasoning);
        readContent(delta.path("content"));
        answer.text(Json.textOrEmpty(delta, "refusal"));
        delta.path("tool_calls").forEach(this::readCall);
        String finish = Json.text(choice, "finish_reason");
        finishReason = finish == null || finish.isEmpty() ? finishReason : finish;
    }

    /** A text, or with some servers a list of pieces, thoughts among them. */
    private void readContent(JsonNode content) {
        if (content.isString()) {
            answer.text(content.stringValue());
        }
        for (JsonNode piece : content) {
            answer.text(Json.textOrEmpty(piece, "text"));
            piece.path("thinking").forEach(thought -> answer.reasoning(Json.textOrEmpty(thought, "text")));
        }
    }

    /** Servers differ in what they repeat: an index, the id, both or neither. */
    private void readCall(JsonNode piece) {
        String id = Json.textOrEmpty(piece, "id");
        Call call = calls.computeIfAbsent(index(piece, id), i -> new Call());
        JsonNode function = piece.path("function");
        call.id = call.id.isEmpty() ? id : call.id;
        call.name = call.name.isEmpty() ? Json.textOrEmpty(function, "name") : call.name;
        JsonNode arguments = function.path("arguments");
        if (arguments.isString()) {
            call.arguments.append(arguments.stringValue());
        } else if (arguments.isObject()) {
            call.arguments.append(arguments);
        }
    }

    private int index(JsonNode piece, String id) {
        if (piece.path("index").isInt()) {
            return piece.path("index").intValue();
        }
        if (calls.isEmpty()) {
            return 0;
        }
        boolean another = !id.isEmpty() && !id.equals(calls.lastEntry().getValue().id);
        return another ? calls.lastKey() + 1 : calls.lastKey();
    }

    private static Usage usage(JsonNode usage) {
        Long prompt = Json.count(usage, "prompt_tokens");
        Long cached = Json.count(usage.path("prompt_tokens_details"), "cached_tokens");
        return new Usage(
                Tokens.without(prompt, cached),
                cached,
                null,
                Json.count(usage, "completion_tokens"),
                Json.count(usage.path("completion_tokens_details"), "reasoning_tokens"));
    }

    @Override
    public void done() {
        done = true;
    }

    @Override
    public boolean complete() {
        return done;
    }

    @Override
    public boolean whole() {
        return done || finishReason != null;
    }

    @Override
    public ModelEvent.Completed completed() {
        if ("content_filter".equals(finishReason)) {
            throw failures.of(Kind.CONTENT_FILTER, "the content filter withheld the answer");
        }
        for (Call call : calls.values()) {
            answer.add(new Part.ToolCall(call.id, call.name, call.arguments.toString()));
        }
        return answer.completed(usage, finishReason);
    }
}
