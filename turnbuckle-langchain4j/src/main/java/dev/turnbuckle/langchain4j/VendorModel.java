package dev.turnbuckle.langchain4j;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.tool.ToolSpec;
import java.net.URI;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A vendor's model, made by {@link VendorModels#model}. Each call is one HTTP request that is read to its end on the
 * calling thread; an interrupt closes its connection. Thread-safe; holds nothing between two calls but connections.
 */
public final class VendorModel implements Model {
    private final Dialect dialect;
    private final Endpoint endpoint;
    private final ModelSpec spec;
    private final Parameters parameters;
    private final Connection connection;
    private final @Nullable ModelLimiter limiter;

    VendorModel(
            Dialect dialect,
            Endpoint endpoint,
            ModelSpec spec,
            Parameters parameters,
            Connection connection,
            @Nullable ModelLimiter limiter) {
        this.dialect = dialect;
        this.endpoint = endpoint;
        this.spec = spec;
        this.parameters = parameters;
        this.connection = connection;
        this.limiter = limiter;
    }

    @Override
    public ModelSpec spec() {
        return spec;
    }

    public Vendor vendor() {
        return endpoint.vendor();
    }

    /** Where requests go. */
    public URI baseUrl() {
        return endpoint.baseUrl();
    }

    /** Which parameters this vendor takes, and which it has no place for. */
    public ParameterReport parameters() {
        return parameters.report();
    }

    /** @throws dev.turnbuckle.model.ModelFailure typed, in words that name the remedy and hold no key */
    @Override
    public void stream(ModelRequest request, Consumer<ModelEvent> events) throws InterruptedException {
        if (limiter == null) {
            ask(request, events);
            return;
        }
        try (ModelLimiter.Place place = limiter.enter(Estimate.of(request) + parameters.maxTokens())) {
            ask(request, events);
        }
    }

    private void ask(ModelRequest request, Consumer<ModelEvent> events) throws InterruptedException {
        boolean structured = parameters.structured() && dialect.structures(request);
        ModelRequest asked = structured ? request : RequestBody.inWords(request);
        Conversation conversation = Conversation.of(asked, dialect);
        var call = new Call(endpoint, asked, conversation, parameters, structured);
        var failures = new Failures(endpoint);
        Reader reader = dialect.reader(failures, events);
        var exchange = new Exchange(
                connection,
                failures,
                body -> {
                    parameters.writeTo(body);
                    dialect.amend(body, call);
                    return body;
                },
                reader);
        try {
            dialect.client(endpoint, exchange).chat(chatRequest(asked, conversation), new Ended(failures, exchange));
        } catch (RuntimeException e) { // the edge to LangChain4j: a message that it cannot write
            exchange.fail(failures.thrown(e));
        }
        exchange.end();
        events.accept(reader.completed());
    }

    private static ChatRequest chatRequest(ModelRequest request, Conversation conversation) {
        return ChatRequest.builder()
                .messages(conversation.messages())
                .toolSpecifications(
                        request.tools().stream().map(VendorModel::named).toList())
                .build();
    }

    /** Its schema is put into the request as it is. */
    private static ToolSpecification named(ToolSpec tool) {
        return ToolSpecification.builder()
                .name(tool.name())
                .description(tool.description())
                .parameters(JsonObjectSchema.builder().build())
                .build();
    }

    @Override
    public String toString() {
        return endpoint.toString();
    }

    /** What LangChain4j has to say beside the answer, which is read elsewhere. */
    private record Ended(Failures failures, Exchange exchange) implements StreamingChatResponseHandler {
        @Override
        public void onCompleteResponse(ChatResponse response) {
            // the reader has it
        }

        @Override
        public void onError(Throwable error) {
            exchange.fail(failures.thrown(error));
        }
    }
}
