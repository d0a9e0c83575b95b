package dev.turnbuckle.langchain4j;

import static dev.turnbuckle.langchain4j.Parameter.Kind.FLAG;
import static dev.turnbuckle.langchain4j.Parameter.Kind.INTEGER;
import static dev.turnbuckle.langchain4j.Parameter.Kind.LIST;
import static dev.turnbuckle.langchain4j.Parameter.Kind.NUMBER;
import static dev.turnbuckle.langchain4j.Parameter.Kind.TEXT;

import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelRequest;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/** OpenAI's chat completions, which many others speak too. */
final class OpenAiChat implements Dialect {
    private static final Vendor VENDOR = new Vendor(
            "openai",
            "OpenAI",
            List.of("OPENAI_API_KEY"),
            "OPENAI_BASE_URL",
            "https://api.openai.com/v1",
            "openai:gpt-5-mini");

    private static final List<Parameter> COMMON = List.of(
            new Parameter("temperature", "temperature", NUMBER),
            new Parameter("top_p", "top_p", NUMBER),
            new Parameter("stop", "stop", LIST),
            new Parameter("seed", "seed", INTEGER),
            new Parameter("frequency_penalty", "frequency_penalty", NUMBER),
            new Parameter("presence_penalty", "presence_penalty", NUMBER),
            new Parameter("reasoning_effort", "reasoning_effort", TEXT),
            new Parameter("verbosity", "verbosity", TEXT),
            new Parameter("parallel_tool_calls", "parallel_tool_calls", FLAG),
            new Parameter("service_tier", "service_tier", TEXT),
            new Parameter("prompt_cache_key", "prompt_cache_key", TEXT));

    @Override
    public Vendor vendor() {
        return VENDOR;
    }

    /** OpenAI itself wants another name for the bound than those who copied its older API. */
    @Override
    public List<Parameter> parameters(Endpoint endpoint) {
        return Parameter.and(
                COMMON, new Parameter("max_tokens", endpoint.own() ? "max_completion_tokens" : "max_tokens", INTEGER));
    }

    @Override
    public StreamingChatModel client(Endpoint endpoint, HttpClientBuilder http) {
        return OpenAiStreamingChatModel.builder()
                .httpClientBuilder(http)
                .baseUrl(endpoint.baseUrl().toString())
                .apiKey(endpoint.key())
                .modelName(endpoint.model())
                .build();
    }

    @Override
    public void amend(ObjectNode body, Call call) {
        ModelRequest request = call.request();
        if (request.tools().isEmpty()) {
            body.remove("tools");
            body.remove("parallel_tool_calls");
        }
        RequestBody.placeSchemas(body.path("tools"), request.tools(), "function", "parameters");
        if (request.answerSchema() != null && call.structured()) {
            ObjectNode format = body.putObject("response_format");
            format.put("type", "json_schema");
            format.putObject("json_schema")
                    .put("name", "answer")
                    .put("strict", false)
                    .set("schema", RequestBody.schema(request.answerSchema(), "the answer"));
        }
    }

    @Override
    public Reader reader(Failures failures, Consumer<ModelEvent> events) {
        return new OpenAiChatReader(failures, events);
    }
}
