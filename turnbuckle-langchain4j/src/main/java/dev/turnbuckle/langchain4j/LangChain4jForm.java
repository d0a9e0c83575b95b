package dev.turnbuckle.langchain4j;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.anthropic.AnthropicTokenUsage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.googleai.GoogleAiGeminiTokenUsage;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.tool.ToolSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What goes into and comes out of a model of LangChain4j, in nothing but its own types. What it keeps beside an answer
 * (signatures, redacted thoughts) goes back to models of the same provider.
 */
record LangChain4jForm(ModelProvider provider) implements Form {
    ChatRequest request(ModelRequest request, boolean schemas) {
        boolean field = schemas && request.tools().isEmpty();
        var builder = ChatRequest.builder()
                .messages(Conversation.of(field ? request : RequestBody.inWords(request), this)
                        .messages());
        if (!request.tools().isEmpty()) {
            builder.toolSpecifications(
                    request.tools().stream().map(LangChain4jForm::tool).toList());
        }
        if (field && request.answerSchema() != null) {
            builder.responseFormat(ResponseFormat.builder()
                    .type(ResponseFormatType.JSON)
                    .jsonSchema(JsonSchema.builder()
                            .name("answer")
                            .rootElement(schema(request.answerSchema()))
                            .build())
                    .build());
        }
        return builder.build();
    }

    /** Typed where LangChain4j has a type, since not every vendor of it takes raw schemas; raw where it has none. */
    private static ToolSpecification tool(ToolSpec tool) {
        ObjectNode schema = RequestBody.schema(tool.schema(), "tool " + tool.name());
        ObjectNode json = Json.object().put("name", tool.name()).put("description", tool.description());
        json.set("parameters", schema);
        try {
            return ToolSpecification.fromJson(Json.write(json));
        } catch (IllegalArgumentException e) {
            return ToolSpecification.builder()
                    .name(tool.name())
                    .description(tool.description())
                    .parameters(raw(schema))
                    .build();
        }
    }

    private static JsonObjectSchema raw(ObjectNode schema) {
        var properties = new LinkedHashMap<String, JsonSchemaElement>();
        schema.path("properties")
                .properties()
                .forEach(p -> properties.put(
                        p.getKey(), JsonRawSchema.from(p.getValue().toString())));
        var definitions = new LinkedHashMap<String, JsonSchemaElement>();
        schema.path("$defs")
                .properties()
                .forEach(p -> definitions.put(
                        p.getKey(), JsonRawSchema.from(p.getValue().toString())));
        var required = new ArrayList<String>();
        schema.path("required").forEach(name -> required.add(name.asString()));
        return JsonObjectSchema.builder()
                .addProperties(properties)
                .required(required)
                .definitions(definitions)
                .build();
    }

    private static JsonSchemaElement schema(String json) {
        ObjectNode tool = Json.object().put("name", "answer").put("description", "answer");
        tool.set("parameters", RequestBody.schema(json, "the answer"));
        try {
            return ToolSpecification.fromJson(Json.write(tool)).parameters();
        } catch (IllegalArgumentException e) {
            return JsonRawSchema.from(json);
        }
    }

    @Override
    public boolean joinsUsers() {
        return true;
    }

    private String vendor() {
        return "langchain4j:" + provider.name();
    }

    @Override
    public Map<String, Object> attributes(List<Part> answer) {
        var attributes = new LinkedHashMap<String, Object>();
        for (Part part : answer) {
            if (part instanceof Part.Opaque opaque && opaque.vendor().equals(vendor())) {
                attributes.putAll(Json.map(opaque.json()));
            }
        }
        return attributes;
    }

    @Override
    public @Nullable String thinking(List<Part> answer) {
        boolean own = answer.stream()
                .anyMatch(p -> p instanceof Part.Opaque o && o.vendor().equals(vendor()));
        String thoughts = answer.stream()
                .map(p -> p instanceof Part.Reasoning r ? r.text() : "")
                .collect(Collectors.joining());
        return own && !thoughts.isEmpty() ? thoughts : null;
    }

    void emitWhole(ChatResponse response, String model, Consumer<ModelEvent> events) {
        String thinking = response.aiMessage().thinking();
        if (thinking != null && !thinking.isEmpty()) {
            events.accept(new ModelEvent.ReasoningDelta(thinking));
        }
        String text = response.aiMessage().text();
        if (text != null && !text.isEmpty()) {
            events.accept(new ModelEvent.TextDelta(text));
        }
        emitAnswer(response, model, events);
    }

    void emitAnswer(ChatResponse response, String model, Consumer<ModelEvent> events) {
        FinishReason finish = response.finishReason();
        if (finish == FinishReason.CONTENT_FILTER) {
            throw new ModelFailure(
                    ModelFailure.Kind.CONTENT_FILTER, model + ": the vendor's content filter withheld the answer");
        }
        events.accept(new ModelEvent.Completed(
                parts(response.aiMessage()),
                usage(response.tokenUsage()),
                finish == null ? "" : finish.name().toLowerCase(Locale.ROOT)));
    }

    private List<Part> parts(AiMessage message) {
        var parts = new ArrayList<Part>();
        if (message.thinking() != null && !message.thinking().isEmpty()) {
            parts.add(new Part.Reasoning(message.thinking(), null));
        }
        JsonNode beside = Json.plain(message.attributes());
        if (!parts.isEmpty() || !beside.isEmpty()) {
            parts.add(new Part.Opaque(vendor(), beside.toString()));
        }
        if (message.text() != null && !message.text().isEmpty()) {
            parts.add(new Part.Text(message.text()));
        }
        message.toolExecutionRequests()
                .forEach(call -> parts.add(new Part.ToolCall(
                        call.id() == null ? "" : call.id(),
                        call.name() == null ? "" : call.name(),
                        call.arguments() == null ? "" : call.arguments())));
        return parts;
    }

    private static Usage usage(@Nullable TokenUsage usage) {
        return switch (usage) {
            case null -> Usage.NONE;
            case AnthropicTokenUsage a ->
                new Usage(
                        count(a.inputTokenCount()),
                        count(a.cacheReadInputTokens()),
                        count(a.cacheCreationInputTokens()),
                        count(a.outputTokenCount()),
                        null);
            case OpenAiTokenUsage o -> openAi(o);
            case GoogleAiGeminiTokenUsage g ->
                new Usage(
                        Tokens.without(count(g.inputTokenCount()), count(g.cachedContentTokenCount())),
                        count(g.cachedContentTokenCount()),
                        null,
                        Tokens.sum(count(g.outputTokenCount()), count(g.thoughtsTokenCount())),
                        count(g.thoughtsTokenCount()));
            case TokenUsage other ->
                new Usage(count(other.inputTokenCount()), null, null, count(other.outputTokenCount()), null);
        };
    }

    private static Usage openAi(OpenAiTokenUsage usage) {
        var input = usage.inputTokensDetails();
        var output = usage.outputTokensDetails();
        Long cached = input == null ? null : count(input.cachedTokens());
        return new Usage(
                Tokens.without(count(usage.inputTokenCount()), cached),
                cached,
                null,
                count(usage.outputTokenCount()),
                output == null ? null : count(output.reasoningTokens()));
    }

    private static @Nullable Long count(@Nullable Integer tokens) {
        return tokens == null ? null : Long.valueOf(tokens);
    }
}
