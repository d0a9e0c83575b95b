package dev.turnbuckle.langchain4j;

import static dev.turnbuckle.langchain4j.Parameter.Kind.FLAG;
import static dev.turnbuckle.langchain4j.Parameter.Kind.INTEGER;
import static dev.turnbuckle.langchain4j.Parameter.Kind.LIST;
import static dev.turnbuckle.langchain4j.Parameter.Kind.NUMBER;
import static dev.turnbuckle.langchain4j.Parameter.Kind.TEXT;

import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.anthropic.AnthropicStreamingChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.session.Part;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Anthropic's messages. */
final class Anthropic implements Dialect {
    static final String SIGNER = "anthropic";

    /** The vendor wants a bound in each request; beside what the thoughts may take. */
    static final int DEFAULT_MAX_TOKENS = 8_192;

    private static final Vendor VENDOR = new Vendor(
            "anthropic",
            "Anthropic",
            List.of("ANTHROPIC_API_KEY"),
            "ANTHROPIC_BASE_URL",
            "https://api.anthropic.com/v1",
            "anthropic:claude-sonnet-4-6");

    private static final List<Parameter> PARAMETERS = List.of(
            new Parameter("temperature", "temperature", NUMBER),
            new Parameter("top_p", "top_p", NUMBER),
            new Parameter("top_k", "top_k", INTEGER),
            new Parameter("max_tokens", "max_tokens", INTEGER),
            new Parameter("stop", "stop_sequences", LIST),
            new Parameter("thinking", "thinking.type", FLAG),
            new Parameter("thinking_budget", "thinking.budget_tokens", INTEGER),
            new Parameter("reasoning_effort", "output_config.effort", TEXT),
            new Parameter("parallel_tool_calls", "tool_choice.disable_parallel_tool_use", FLAG),
            new Parameter("prompt_cache", "cache_control", FLAG),
            new Parameter("service_tier", "service_tier", TEXT));

    @Override
    public Vendor vendor() {
        return VENDOR;
    }

    @Override
    public List<Parameter> parameters(Endpoint endpoint) {
        return PARAMETERS;
    }

    @Override
    public StreamingChatModel client(Endpoint endpoint, HttpClientBuilder http) {
        return AnthropicStreamingChatModel.builder()
                .httpClientBuilder(http)
                .baseUrl(endpoint.baseUrl().toString())
                .apiKey(endpoint.key())
                .modelName(endpoint.model())
                .maxTokens(DEFAULT_MAX_TOKENS)
                .build();
    }

    @Override
    public boolean blockwise() {
        return true;
    }

    @Override
    public @Nullable JsonNode block(Part part, @Nullable Part next) {
        if (part instanceof Part.Opaque opaque && opaque.vendor().equals(SIGNER)) {
            return Json.parse(opaque.json());
        }
        String signature = part instanceof Part.Reasoning r ? Signature.by(SIGNER, r) : null;
        return signature == null
                ? null
                : Json.object()
                        .put("type", "thinking")
                        .put("thinking", ((Part.Reasoning) part).text())
                        .put("signature", signature);
    }

    @Override
    public void amend(ObjectNode body, Call call) {
        ModelRequest request = call.request();
        ArrayNode messages = RequestBody.array(body, "messages");
        for (JsonNode message : messages) {
            if ("assistant".equals(Json.text(message, "role")) && message.path("content") instanceof ArrayNode blocks) {
                RequestBody.placeBlocks(blocks, call.conversation());
            }
        }
        RequestBody.joinNeighbours(messages, "content");
        RequestBody.placeSchemas(body.path("tools"), request.tools(), "", "input_schema");
        if (request.answerSchema() != null && call.structured()) {
            ObjectNode format = RequestBody.child(body, "output_config").putObject("format");
            ObjectNode schema = RequestBody.schema(request.answerSchema(), "the answer");
            close(schema);
            format.put("type", "json_schema").set("schema", schema);
        }
        amendThinking(body, call.parameters());
        amendToolChoice(body, request);
        amendCache(body, messages);
    }

    /** The vendor takes no schema of an object that leaves open what else the object may hold. */
    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object && "object".equals(Json.text(object, "type"))) {
            object.put("additionalProperties", false);
        }
        schema.forEach(Anthropic::close);
    }

    private static void amendThinking(ObjectNode body, Parameters parameters) {
        if (!(body.path("thinking") instanceof ObjectNode thinking)) {
            return;
        }
        boolean budget = thinking.has("budget_tokens");
        boolean off =
                thinking.path("type").isBoolean() && !thinking.path("type").booleanValue();
        if (off) {
            thinking.remove("budget_tokens");
        }
        thinking.put("type", off ? "disabled" : budget ? "enabled" : "adaptive");
        if (budget && !off && !parameters.has("max_tokens")) {
            body.put("max_tokens", thinking.path("budget_tokens").asLong() + DEFAULT_MAX_TOKENS);
        }
        if (budget && !off && answersAnotherModelsCalls(body.path("messages"))) {
            body.remove("thinking");
        }
    }

    /** With thinking, the vendor takes results only of calls that its own thoughts come before. */
    private static boolean answersAnotherModelsCalls(JsonNode messages) {
        JsonNode answer = messages.path(messages.size() - 2);
        boolean results = "tool_result".equals(Json.text(lastContent(messages).path(0), "type"));
        String first = Json.textOrEmpty(answer.path("content").path(0), "type");
        return results && "assistant".equals(Json.text(answer, "role")) && !first.endsWith("thinking");
    }

    private static JsonNode lastContent(JsonNode messages) {
        return messages.path(messages.size() - 1).path("content");
    }

    private static void amendToolChoice(ObjectNode body, ModelRequest request) {
        JsonNode parallel = body.path("tool_choice").path("disable_parallel_tool_use");
        if (request.tools().isEmpty()) {
            body.remove("tool_choice");
        } else if (parallel.isBoolean()) {
            body.putObject("tool_choice")
                    .put("type", "auto")
                    .put("disable_parallel_tool_use", !parallel.booleanValue());
        }
    }

    /** Marks what stays the same in the next call: tools and system prompt, and the conversation so far. */
    private static void amendCache(ObjectNode body, ArrayNode messages) {
        boolean cached = body.path("cache_control").asBoolean(false);
        body.remove("cache_control");
        if (cached) {
            markLast(body.path("system").isEmpty() ? body.path("tools") : body.path("system"));
            markLast(lastContent(messages));
        }
    }

    private static void markLast(JsonNode items) {
        if (items.path(items.size() - 1) instanceof ObjectNode last) {
            last.putObject("cache_control").put("type", "ephemeral");
        }
    }

    @Override
    public Reader reader(Failures failures, Consumer<ModelEvent> events) {
        return new AnthropicReader(failures, events);
    }
}
