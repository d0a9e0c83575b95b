package dev.turnbuckle.langchain4j;

import static dev.turnbuckle.langchain4j.Parameter.Kind.FLAG;
import static dev.turnbuckle.langchain4j.Parameter.Kind.INTEGER;
import static dev.turnbuckle.langchain4j.Parameter.Kind.NUMBER;
import static dev.turnbuckle.langchain4j.Parameter.Kind.TEXT;

import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.openai.OpenAiResponsesStreamingChatModel;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.session.Part;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** OpenAI's responses: reasoning goes back to the model, encrypted, because nothing is kept at OpenAI. */
final class OpenAiResponses implements Dialect {
    static final String SIGNER = "openai";

    private static final Vendor VENDOR = new Vendor(
            "openai-responses",
            "OpenAI (responses)",
            List.of("OPENAI_API_KEY"),
            "OPENAI_BASE_URL",
            "https://api.openai.com/v1",
            "openai-responses:gpt-5-mini");

    private static final List<Parameter> PARAMETERS = List.of(
            new Parameter("temperature", "temperature", NUMBER),
            new Parameter("top_p", "top_p", NUMBER),
            new Parameter("max_tokens", "max_output_tokens", INTEGER),
            new Parameter("reasoning_effort", "reasoning.effort", TEXT),
            new Parameter("reasoning_summary", "reasoning.summary", TEXT),
            new Parameter("verbosity", "text.verbosity", TEXT),
            new Parameter("parallel_tool_calls", "parallel_tool_calls", FLAG),
            new Parameter("service_tier", "service_tier", TEXT),
            new Parameter("prompt_cache_key", "prompt_cache_key", TEXT),
            new Parameter("truncation", "truncation", TEXT));

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
        return OpenAiResponsesStreamingChatModel.builder()
                .httpClientBuilder(http)
                .baseUrl(endpoint.baseUrl().toString())
                .apiKey(endpoint.key())
                .modelName(endpoint.model())
                .store(false)
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
        return signature == null ? null : reasoning(((Part.Reasoning) part).text(), signature);
    }

    /** The vendor refuses what it encrypted under another id, so both are kept: id, colon, encrypted content. */
    static @Nullable String signature(JsonNode item) {
        String encrypted = Json.text(item, "encrypted_content");
        return encrypted == null ? null : Signature.of(SIGNER, Json.textOrEmpty(item, "id") + ":" + encrypted);
    }

    private static ObjectNode reasoning(String text, String signature) {
        int colon = signature.indexOf(':');
        ObjectNode item = Json.object().put("type", "reasoning");
        if (colon > 0) {
            item.put("id", signature.substring(0, colon));
        }
        item.put("encrypted_content", signature.substring(colon + 1));
        ArrayNode summary = item.putArray("summary");
        if (!text.isEmpty()) {
            summary.addObject().put("type", "summary_text").put("text", text);
        }
        return item;
    }

    /**
     * Encrypted reasoning is asked for where the parameters say that the model reasons: models that do not would refuse
     * the request.
     */
    @Override
    public void amend(ObjectNode body, Call call) {
        ModelRequest request = call.request();
        placeItems(RequestBody.array(body, "input"), call.conversation());
        RequestBody.placeSchemas(body.path("tools"), request.tools(), "", "parameters");
        if (request.tools().isEmpty()) {
            body.remove("parallel_tool_calls");
        }
        if (call.parameters().has("reasoning_effort") || call.parameters().has("reasoning_summary")) {
            RequestBody.array(body, "include").add("reasoning.encrypted_content");
        }
        if (request.answerSchema() != null && call.structured()) {
            ObjectNode format = RequestBody.child(body, "text").putObject("format");
            format.put("type", "json_schema").put("name", "answer").put("strict", false);
            format.set("schema", RequestBody.schema(request.answerSchema(), "the answer"));
        }
    }

    private static void placeItems(ArrayNode input, Conversation conversation) {
        for (int i = 0; i < input.size(); i++) {
            JsonNode block =
                    conversation.blockOf(Json.text(input.get(i).path("content").path(0), "text"));
            if (block != null && "assistant".equals(Json.text(input.get(i), "role"))) {
                input.set(i, block);
            }
        }
    }

    @Override
    public Reader reader(Failures failures, Consumer<ModelEvent> events) {
        return new OpenAiResponsesReader(failures, events);
    }
}
