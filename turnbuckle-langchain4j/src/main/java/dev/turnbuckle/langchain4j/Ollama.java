package dev.turnbuckle.langchain4j;

import static dev.turnbuckle.langchain4j.Parameter.Kind.FLAG;
import static dev.turnbuckle.langchain4j.Parameter.Kind.INTEGER;
import static dev.turnbuckle.langchain4j.Parameter.Kind.LIST;
import static dev.turnbuckle.langchain4j.Parameter.Kind.NUMBER;
import static dev.turnbuckle.langchain4j.Parameter.Kind.TEXT;

import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.ollama.OllamaStreamingChatModel;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelRequest;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/** Ollama, on this machine or another one. */
final class Ollama implements Dialect {
    private static final Vendor VENDOR =
            new Vendor("ollama", "Ollama", List.of(), "OLLAMA_HOST", "http://localhost:11434", "ollama:qwen3");

    private static final List<Parameter> PARAMETERS = List.of(
            new Parameter("temperature", "options.temperature", NUMBER),
            new Parameter("top_p", "options.top_p", NUMBER),
            new Parameter("top_k", "options.top_k", INTEGER),
            new Parameter("max_tokens", "options.num_predict", INTEGER),
            new Parameter("stop", "options.stop", LIST),
            new Parameter("seed", "options.seed", INTEGER),
            new Parameter("frequency_penalty", "options.frequency_penalty", NUMBER),
            new Parameter("presence_penalty", "options.presence_penalty", NUMBER),
            new Parameter("num_ctx", "options.num_ctx", INTEGER),
            new Parameter("keep_alive", "keep_alive", TEXT),
            new Parameter("thinking", "think", FLAG),
            new Parameter("reasoning_effort", "think", TEXT));

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
        return OllamaStreamingChatModel.builder()
                .httpClientBuilder(http)
                .baseUrl(endpoint.baseUrl().toString())
                .modelName(endpoint.model())
                .build();
    }

    @Override
    public boolean sees(String mediaType) {
        return mediaType.startsWith("image/");
    }

    /** A format would be forced on the calls too. */
    @Override
    public boolean structures(ModelRequest request) {
        return request.tools().isEmpty();
    }

    @Override
    public void amend(ObjectNode body, Call call) {
        RequestBody.placeSchemas(body.path("tools"), call.request().tools(), "function", "parameters");
        if (body.path("options") instanceof ObjectNode options
                && options.path("stop").isEmpty()) {
            options.remove("stop"); // an empty list would switch off those of the model
        }
        String schema = call.request().answerSchema();
        if (schema != null && call.structured()) {
            body.set("format", RequestBody.schema(schema, "the answer"));
        }
    }

    @Override
    public Reader reader(Failures failures, Consumer<ModelEvent> events) {
        return new OllamaReader(failures, events);
    }
}
