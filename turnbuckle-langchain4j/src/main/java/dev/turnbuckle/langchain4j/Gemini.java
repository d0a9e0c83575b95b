package dev.turnbuckle.langchain4j;

import static dev.turnbuckle.langchain4j.Parameter.Kind.FLAG;
import static dev.turnbuckle.langchain4j.Parameter.Kind.INTEGER;
import static dev.turnbuckle.langchain4j.Parameter.Kind.LIST;
import static dev.turnbuckle.langchain4j.Parameter.Kind.NUMBER;
import static dev.turnbuckle.langchain4j.Parameter.Kind.TEXT;

import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.googleai.GoogleAiGeminiStreamingChatModel;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.session.Part;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Google's Gemini. Its signatures belong to single parts, also to calls and texts; in history a signature stands in an
 * opaque part right after the one it belongs to, or, where there was nothing else, with that empty part.
 */
final class Gemini implements Dialect {
    static final String SIGNER = "gemini";
    static final String SIGNATURE = "thoughtSignature";
    static final String PART = "part";

    /** The vendor's own word for a call that it did not sign. */
    static final String UNSIGNED = "skip_thought_signature_validator";

    /** From Gemini 3 on. */
    private static final Pattern MUST_SIGN = Pattern.compile("gemini-([3-9]|\\d\\d)");

    private static final Vendor VENDOR = new Vendor(
            "gemini",
            "Google Gemini",
            List.of("GEMINI_API_KEY", "GOOGLE_API_KEY"),
            "GEMINI_BASE_URL",
            "https://generativelanguage.googleapis.com/v1beta",
            "gemini:gemini-2.5-flash");

    private static final List<Parameter> PARAMETERS = List.of(
            new Parameter("temperature", "generationConfig.temperature", NUMBER),
            new Parameter("top_p", "generationConfig.topP", NUMBER),
            new Parameter("top_k", "generationConfig.topK", INTEGER),
            new Parameter("max_tokens", "generationConfig.maxOutputTokens", INTEGER),
            new Parameter("stop", "generationConfig.stopSequences", LIST),
            new Parameter("seed", "generationConfig.seed", INTEGER),
            new Parameter("frequency_penalty", "generationConfig.frequencyPenalty", NUMBER),
            new Parameter("presence_penalty", "generationConfig.presencePenalty", NUMBER),
            new Parameter("thinking", "generationConfig.thinkingConfig.includeThoughts", FLAG),
            new Parameter("thinking_budget", "generationConfig.thinkingConfig.thinkingBudget", INTEGER),
            new Parameter("reasoning_effort", "generationConfig.thinkingConfig.thinkingLevel", TEXT));

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
        return GoogleAiGeminiStreamingChatModel.builder()
                .httpClientBuilder(http)
                .baseUrl(endpoint.baseUrl().toString())
                .apiKey(endpoint.key())
                .modelName(endpoint.model())
                .build();
    }

    @Override
    public boolean blockwise() {
        return true;
    }

    @Override
    public @Nullable JsonNode block(Part part, @Nullable Part next) {
        if (part instanceof Part.Opaque opaque && opaque.vendor().equals(SIGNER)) {
            JsonNode own = Json.parse(opaque.json()).path(PART);
            return own.isObject() ? own : null;
        }
        String signature = next instanceof Part.Opaque opaque && opaque.vendor().equals(SIGNER)
                ? Json.text(Json.parse(opaque.json()), SIGNATURE)
                : null;
        if (signature == null) {
            return null;
        }
        return switch (part) {
            case Part.Text text -> Json.object().put("text", text.text()).put(SIGNATURE, signature);
            case Part.ToolCall call -> {
                ObjectNode block = Json.object().put(SIGNATURE, signature);
                block.putObject("functionCall")
                        .put("id", call.id())
                        .put("name", call.name())
                        .set("args", RequestBody.schema(call.arguments(), "a call"));
                yield block;
            }
            default -> null;
        };
    }

    /** This vendor takes a schema of the answer or tools, not both. */
    @Override
    public boolean structures(ModelRequest request) {
        return request.tools().isEmpty();
    }

    @Override
    public void amend(ObjectNode body, Call call) {
        ArrayNode contents = RequestBody.array(body, "contents");
        for (JsonNode content : contents) {
            if ("model".equals(Json.text(content, "role")) && content.path("parts") instanceof ArrayNode parts) {
                RequestBody.placeBlocks(parts, call.conversation());
            }
        }
        RequestBody.joinNeighbours(contents, "parts");
        if (MUST_SIGN.matcher(call.endpoint().model()).lookingAt()) {
            signForeignCalls(contents);
        }
        JsonNode declarations = body.path("tools").path(0).path("functionDeclarations");
        RequestBody.placeSchemas(declarations, call.request().tools(), "", "parametersJsonSchema");
        for (JsonNode declaration : declarations) {
            ((ObjectNode) declaration).remove("parameters");
            if (declaration.path("parametersJsonSchema").path("properties").isEmpty()) {
                ((ObjectNode) declaration).remove("parametersJsonSchema");
            }
        }
        String schema = call.request().answerSchema();
        if (schema != null && call.structured()) {
            RequestBody.child(body, "generationConfig")
                    .put("responseMimeType", "application/json")
                    .set("responseJsonSchema", RequestBody.schema(schema, "the answer"));
        }
    }

    /** Calls of the running turn that another model made: the newer models refuse them unless they say so. */
    private static void signForeignCalls(ArrayNode contents) {
        for (int i = contents.size() - 1; i >= 0 && !saidByUser(contents.get(i)); i--) {
            boolean signed = false;
            ObjectNode first = null;
            for (JsonNode part : contents.get(i).path("parts")) {
                signed |= part.has(SIGNATURE);
                first = first == null && part.has("functionCall") ? (ObjectNode) part : first;
            }
            if (first != null && !signed) {
                first.put(SIGNATURE, UNSIGNED);
            }
        }
    }

    private static boolean saidByUser(JsonNode content) {
        boolean said = false;
        for (JsonNode part : content.path("parts")) {
            said |= !part.has("functionResponse");
        }
        return said && "user".equals(Json.text(content, "role"));
    }

    @Override
    public Reader reader(Failures failures, Consumer<ModelEvent> events) {
        return new GeminiReader(failures, events);
    }
}
