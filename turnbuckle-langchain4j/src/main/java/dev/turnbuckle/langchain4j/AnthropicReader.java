package dev.turnbuckle.langchain4j;

import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelFailure.Kind;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Events of a message: blocks, each with its own signature, in their order. */
final class AnthropicReader implements Reader {
    /** One content block: as the vendor opened it, and the pieces that came since. */
    private record Block(JsonNode start, StringBuilder pieces, StringBuilder signature) {
        Part part() {
            return switch (Json.textOrEmpty(start, "type")) {
                case "text" -> new Part.Text(pieces.toString());
                case "thinking" ->
                    new Part.Reasoning(pieces.toString(), Signature.of(Anthropic.SIGNER, signature.toString()));
                case "tool_use" ->
                    new Part.ToolCall(Json.textOrEmpty(start, "id"), Json.textOrEmpty(start, "name"), arguments());
                default -> new Part.Opaque(Anthropic.SIGNER, start.toString());
            };
        }

        private String arguments() {
            return pieces.isEmpty() ? start.path("input").toString() : pieces.toString();
        }
    }

    private final Failures failures;
    private final Consumer<ModelEvent> events;
    private final TreeMap<Integer, Block> blocks = new TreeMap<>();
    private final ObjectNode usage = Json.object();
    private @Nullable String stopReason;
    private boolean complete;

    AnthropicReader(Failures failures, Consumer<ModelEvent> events) {
        this.failures = failures;
        this.events = events;
    }

    @Override
    public void read(@Nullable String name, ObjectNode event) {
        switch (Json.textOrEmpty(event, "type")) {
            case "message_start" -> count(event.path("message").path("usage"));
            case "content_block_start" -> open(event.path("index").asInt(blocks.size()), event.path("content_block"));
            case "content_block_delta" -> append(blocks.get(event.path("index").asInt(0)), event.path("delta"));
            case "message_delta" -> {
                count(event.path("usage"));
                String reason = Json.text(event.path("delta"), "stop_reason");
                stopReason = reason == null ? stopReason : reason;
            }
            case "message_stop" -> complete = true;
            default -> {
                if (event.hasNonNull("error")) {
                    throw failures.inStream(VendorError.of(event));
                }
            }
        }
    }

    /** Later counts replace earlier ones; a count that is not repeated stays. */
    private void count(JsonNode counts) {
        counts.properties().forEach(count -> usage.set(count.getKey(), count.getValue()));
    }

    private void open(int index, JsonNode start) {
        var block = new Block(start, new StringBuilder(), new StringBuilder());
        blocks.put(index, block);
        append(block, start);
    }

    private void append(@Nullable Block block, JsonNode piece) {
        if (block == null) {
            throw failures.malformed(piece.toString());
        }
        block.signature().append(Json.textOrEmpty(piece, "signature"));
        switch (Json.textOrEmpty(block.start(), "type")) {
            case "text" -> show(block, Json.textOrEmpty(piece, "text"), ModelEvent.TextDelta::new);
            case "thinking" -> show(block, Json.textOrEmpty(piece, "thinking"), ModelEvent.ReasoningDelta::new);
            case "tool_use" -> block.pieces().append(Json.textOrEmpty(piece, "partial_json"));
            default -> {
                // redacted thoughts and the like come in one piece
            }
        }
    }

    private void show(Block block, String text, Function<String, ModelEvent> delta) {
        block.pieces().append(text);
        if (!text.isEmpty()) {
            events.accept(delta.apply(text));
        }
    }

    @Override
    public boolean complete() {
        return complete;
    }

    @Override
    public ModelEvent.Completed completed() {
        if ("refusal".equals(stopReason)) {
            throw failures.of(Kind.CONTENT_FILTER, "the vendor's safeguards withheld the answer");
        }
        return new ModelEvent.Completed(
                blocks.values().stream().map(Block::part).toList(),
                new Usage(
                        Json.count(usage, "input_tokens"),
                        Json.count(usage, "cache_read_input_tokens"),
                        Json.count(usage, "cache_creation_input_tokens"),
                        Json.count(usage, "output_tokens"),
                        null),
                stopReason == null ? "" : stopReason);
    }
}
