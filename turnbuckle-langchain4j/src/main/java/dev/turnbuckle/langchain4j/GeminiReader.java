package dev.turnbuckle.langchain4j;

import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelFailure.Kind;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Chunks of generated content. */
final class GeminiReader implements Reader {
    private static final Set<String> WITHHELD =
            Set.of("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY", "LANGUAGE");

    /** The model tried to call a tool and failed to write the call. */
    private static final Set<String> BROKEN = Set.of("MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL");

    private final Failures failures;
    private final Answer answer;
    private Usage usage = Usage.NONE;
    private @Nullable String finishReason;

    GeminiReader(Failures failures, Consumer<ModelEvent> events) {
        this.failures = failures;
        this.answer = new Answer(events);
    }

    @Override
    public void read(@Nullable String name, ObjectNode event) {
        if (event.hasNonNull("error")) {
            throw failures.inStream(VendorError.of(event));
        }
        String blocked = Json.text(event.path("promptFeedback"), "blockReason");
        if (blocked != null) {
            throw failures.of(Kind.CONTENT_FILTER, "the vendor does not answer such a prompt: " + blocked);
        }
        JsonNode candidate = event.path("candidates").path(0);
        candidate.path("content").path("parts").forEach(this::readPart);
        if (event.path("usageMetadata").isObject()) {
            usage = usage(event.path("usageMetadata"));
        }
        String finish = Json.text(candidate, "finishReason");
        finishReason = finish == null ? finishReason : finish;
    }

    private void readPart(JsonNode part) {
        String signature = Json.text(part, Gemini.SIGNATURE);
        if (part.has("functionCall")) {
            JsonNode call = part.path("functionCall");
            answer.add(new Part.ToolCall(
                    Json.textOrEmpty(call, "id"),
                    Json.textOrEmpty(call, "name"),
                    call.path("args").isObject() ? call.path("args").toString() : "{}"));
            sign(signature);
        } else if (part.path("thought").asBoolean(false)) {
            answer.reasoning(Json.textOrEmpty(part, "text"));
            if (signature != null) {
                keep(part);
            }
        } else if (part.has("text")) {
            readText(part, signature);
        } else {
            keep(part);
        }
    }

    private void keep(JsonNode part) {
        answer.add(new Part.Opaque(
                Gemini.SIGNER, Json.object().set(Gemini.PART, part).toString()));
    }

    private void readText(JsonNode part, @Nullable String signature) {
        answer.text(Json.textOrEmpty(part, "text"));
        if (signature == null) {
            return;
        }
        if (answer.inText()) {
            sign(signature);
        } else {
            keep(part);
        }
    }

    /** What was added last is signed. */
    private void sign(@Nullable String signature) {
        if (signature != null) {
            answer.add(new Part.Opaque(
                    Gemini.SIGNER,
                    Json.object().put(Gemini.SIGNATURE, signature).toString()));
        }
    }

    private static Usage usage(JsonNode usage) {
        Long prompt = Tokens.sum(Json.count(usage, "promptTokenCount"), Json.count(usage, "toolUsePromptTokenCount"));
        Long cached = Json.count(usage, "cachedContentTokenCount");
        Long thoughts = Json.count(usage, "thoughtsTokenCount");
        return new Usage(
                Tokens.without(prompt, cached),
                cached,
                null,
                Tokens.sum(Json.count(usage, "candidatesTokenCount"), thoughts),
                thoughts);
    }

    @Override
    public boolean complete() {
        return finishReason != null;
    }

    @Override
    public ModelEvent.Completed completed() {
        if (finishReason != null && WITHHELD.contains(finishReason)) {
            throw failures.of(Kind.CONTENT_FILTER, "the vendor withheld the answer: " + finishReason);
        }
        if (finishReason != null && BROKEN.contains(finishReason)) {
            throw failures.of(
                    Kind.OVERLOADED, "the model wrote a call that the vendor could not read: " + finishReason);
        }
        return answer.completed(usage, finishReason);
    }
}
