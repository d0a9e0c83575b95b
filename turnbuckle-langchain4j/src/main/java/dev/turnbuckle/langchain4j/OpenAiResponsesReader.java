package dev.turnbuckle.langchain4j;

import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelFailure.Kind;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Events of a response; the answer is made of its finished items. */
final class OpenAiResponsesReader implements Reader {
    private final Failures failures;
    private final Consumer<ModelEvent> events;
    private final TreeMap<Integer, JsonNode> items = new TreeMap<>();
    private @Nullable JsonNode response;

    OpenAiResponsesReader(Failures failures, Consumer<ModelEvent> events) {
        this.failures = failures;
        this.events = events;
    }

    @Override
    public void read(@Nullable String name, ObjectNode event) {
        switch (Json.textOrEmpty(event, "type")) {
            case "response.output_text.delta", "response.refusal.delta" ->
                show(Json.textOrEmpty(event, "delta"), ModelEvent.TextDelta::new);
            case "response.reasoning_summary_text.delta", "response.reasoning_text.delta" ->
                show(Json.textOrEmpty(event, "delta"), ModelEvent.ReasoningDelta::new);
            case "response.reasoning_summary_part.added" -> {
                if (event.path("summary_index").asInt(0) > 0) {
                    show("\n\n", ModelEvent.ReasoningDelta::new);
                }
            }
            case "response.output_item.done" ->
                items.put(event.path("output_index").asInt(items.size()), event.path("item"));
            case "response.completed", "response.incomplete" -> response = event.path("response");
            case "response.failed" ->
                throw failures.inStream(VendorError.of(event.path("response").path("error")));
            case "error", "response.error" -> throw failures.inStream(VendorError.of(event));
            default -> {
                if (event.hasNonNull("error")) {
                    throw failures.inStream(VendorError.of(event));
                }
            }
        }
    }

    private void show(String delta, Function<String, ModelEvent> event) {
        if (!delta.isEmpty()) {
            events.accept(event.apply(delta));
        }
    }

    @Override
    public boolean complete() {
        return response != null;
    }

    @Override
    public ModelEvent.Completed completed() {
        JsonNode whole = response;
        if (whole == null) {
            throw new IllegalStateException("the response is not complete");
        }
        String why = Json.text(whole.path("incomplete_details"), "reason");
        if ("content_filter".equals(why)) {
            throw failures.of(Kind.CONTENT_FILTER, "the content filter withheld the answer");
        }
        JsonNode output = whole.path("output");
        var parts = new ArrayList<Part>();
        (output.isEmpty() ? items.values() : output).forEach(item -> read(item, parts));
        return new ModelEvent.Completed(
                parts, usage(whole.path("usage")), why == null ? Json.textOrEmpty(whole, "status") : why);
    }

    private static void read(JsonNode item, List<Part> parts) {
        switch (Json.textOrEmpty(item, "type")) {
            case "message" ->
                item.path("content").forEach(content -> {
                    String text = Json.textOrEmpty(content, "text") + Json.textOrEmpty(content, "refusal");
                    parts.add(new Part.Text(text));
                });
            case "reasoning" -> parts.add(new Part.Reasoning(thoughts(item), OpenAiResponses.signature(item)));
            case "function_call" ->
                parts.add(new Part.ToolCall(
                        Json.textOrEmpty(item, "call_id"),
                        Json.textOrEmpty(item, "name"),
                        Json.textOrEmpty(item, "arguments")));
            default -> parts.add(new Part.Opaque(OpenAiResponses.SIGNER, item.toString()));
        }
    }

    private static String thoughts(JsonNode item) {
        JsonNode texts = item.path("summary").isEmpty() ? item.path("content") : item.path("summary");
        return StreamSupport.stream(texts.spliterator(), false)
                .map(piece -> Json.textOrEmpty(piece, "text"))
                .collect(Collectors.joining("\n\n"));
    }

    private static Usage usage(JsonNode usage) {
        Long cached = Json.count(usage.path("input_tokens_details"), "cached_tokens");
        return new Usage(
                Tokens.without(Json.count(usage, "input_tokens"), cached),
                cached,
                null,
                Json.count(usage, "output_tokens"),
                Json.count(usage.path("output_tokens_details"), "reasoning_tokens"));
    }
}
