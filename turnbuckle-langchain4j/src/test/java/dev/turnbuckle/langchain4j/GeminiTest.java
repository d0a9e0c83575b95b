package dev.turnbuckle.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class GeminiTest {
    private static final String[] SIGNED = {"""
        {"candidates":[{"content":{"role":"model","parts":[{"text":"Two cities.","thought":true}]}}]}""", """
        {"candidates":[{"content":{"role":"model","parts":[{"text":"I look"}]}}]}""", """
        {"candidates":[{"content":{"role":"model","parts":[{"text":" it up.","thoughtSignature":"TEXTSIG"}]}}]}""", """
        {"candidates":[{"content":{"role":"model","parts":[\
        {"functionCall":{"id":"fc1","name":"weather","args":{"city":"Oslo"}},"thoughtSignature":"CALLSIG"},\
        {"functionCall":{"name":"weather","args":{"city":"Rome"}}}]}}]}""", """
        {"candidates":[{"content":{"role":"model","parts":[{"text":"","thoughtSignature":"LASTSIG"}]},"finishReason":"STOP"}],\
        "usageMetadata":{"promptTokenCount":100,"cachedContentTokenCount":40,"candidatesTokenCount":20,"thoughtsTokenCount":15}}"""};
    private static final String WORD = """
            {"candidates":[{"content":{"role":"model","parts":[{"text":"ok"}]},"finishReason":"STOP"}],\
            "usageMetadata":{"promptTokenCount":7,"candidatesTokenCount":1}}""";

    private final FakeVendor vendor = new FakeVendor(FakeVendor.events(SIGNED));
    private final VendorModels models =
            VendorModels.of(Map.of("GEMINI_API_KEY", "gm-test")).baseUrl(vendor.url());
    private final VendorModel model = models.model("gemini:gemini-x");

    @AfterEach
    void close() {
        vendor.close();
    }

    @Test
    void eachSignatureStaysWithItsPart() throws InterruptedException {
        Asking answer = Asking.ask(model, Message.user("Oslo and Rome?"));

        assertThat(answer.shown()).isEqualTo("I look it up.");
        assertThat(answer.shownReasoning()).isEqualTo("Two cities.");
        assertThat(answer.completed())
                .isEqualTo(new ModelEvent.Completed(
                        List.of(
                                new Part.Reasoning("Two cities.", null),
                                new Part.Text("I look it up."),
                                new Part.Opaque("gemini", "{\"thoughtSignature\":\"TEXTSIG\"}"),
                                new Part.ToolCall("fc1", "weather", "{\"city\":\"Oslo\"}"),
                                new Part.Opaque("gemini", "{\"thoughtSignature\":\"CALLSIG\"}"),
                                new Part.ToolCall("", "weather", "{\"city\":\"Rome\"}"),
                                new Part.Opaque(
                                        "gemini", "{\"part\":{\"text\":\"\",\"thoughtSignature\":\"LASTSIG\"}}")),
                        new Usage(60L, 40L, null, 35L, 15L),
                        "STOP"));
    }

    @Test
    void theyGoBackExactlyAsTheyCame() throws InterruptedException {
        List<Part> answer = Asking.ask(model, Message.user("Oslo and Rome?")).parts();
        List<Part> mended = answer.stream()
                .map(p -> p instanceof Part.ToolCall c && c.id().isEmpty()
                        ? new Part.ToolCall("call-1", c.name(), c.arguments())
                        : p)
                .toList();
        vendor.answers(FakeVendor.events(WORD));
        Asking.ask(
                model,
                Message.user("Oslo and Rome?"),
                Message.of(Message.Role.ASSISTANT, mended),
                Message.of(Message.Role.TOOL, List.of(new Part.ToolResult("fc1", "weather", "rain", false))),
                Message.of(Message.Role.TOOL, List.of(new Part.ToolResult("call-1", "weather", "sun", false))),
                Message.user("And Paris?"));

        assertThat(vendor.lastBody().path("contents")).isEqualTo(Json.parse("""
                                [{"role":"user","parts":[{"text":"Oslo and Rome?"}]},
                                 {"role":"model","parts":[
                                  {"text":"I look it up.","thoughtSignature":"TEXTSIG"},
                                  {"functionCall":{"id":"fc1","name":"weather","args":{"city":"Oslo"}},"thoughtSignature":"CALLSIG"},
                                  {"functionCall":{"id":"call-1","name":"weather","args":{"city":"Rome"}}},
                                  {"text":"","thoughtSignature":"LASTSIG"}]},
                                 {"role":"user","parts":[
                                  {"functionResponse":{"id":"fc1","name":"weather","response":{"response":"rain"}}},
                                  {"functionResponse":{"id":"call-1","name":"weather","response":{"response":"sun"}}},
                                  {"text":"And Paris?"}]}]"""));
    }

    @Test
    void schemaSystemPromptAndKeyAreSent() throws InterruptedException {
        Asking.ask(model, Message.user("Hi"));

        JsonNode body = vendor.lastBody();
        assertThat(vendor.asked().getLast().path()).isEqualTo("/v1beta/models/gemini-x:streamGenerateContent?alt=sse");
        assertThat(vendor.asked().getLast().header("X-goog-api-key")).isEqualTo("gm-test");
        assertThat(body.path("systemInstruction").path("parts")).isEqualTo(Json.parse("[{\"text\":\"Be short.\"}]"));
        assertThat(body.path("tools").path(0).path("functionDeclarations").path(0))
                .isEqualTo(Json.parse("""
                                {"name":"weather","description":"Weather in a city","parametersJsonSchema":%s}""".formatted(Asking.WEATHER.schema())));
    }

    @Test
    void parametersStandWhereTheVendorWantsThem() throws InterruptedException {
        Asking.ask(
                models.parameters(Map.of(
                                "temperature", "0.5",
                                "top_k", "40",
                                "max_tokens", "100",
                                "thinking", "true",
                                "thinking_budget", "1024",
                                "reasoning_effort", "low"))
                        .model("gemini:gemini-x"),
                Message.user("Hi"));

        JsonNode config = vendor.lastBody().path("generationConfig");
        assertThat(config.path("temperature").asDouble()).isEqualTo(0.5);
        assertThat(config.path("topK").asInt()).isEqualTo(40);
        assertThat(config.path("maxOutputTokens").asInt()).isEqualTo(100);
        assertThat(config.path("thinkingConfig")).isEqualTo(Json.parse("""
                                {"includeThoughts":true,"thinkingBudget":1024,"thinkingLevel":"low"}"""));
    }

    @Test
    void theSchemaOfAnAnswerIsItsFormatWithoutToolsAndWordsWithThem() throws InterruptedException {
        vendor.answers(FakeVendor.events(WORD));
        String schema = "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\"}}}";
        Asking.ask(model, new ModelRequest(model.spec(), List.of(), List.of(Message.user("Hi")), List.of(), schema));
        JsonNode alone = vendor.lastBody();
        Asking.ask(
                model,
                new ModelRequest(
                        model.spec(), List.of(), List.of(Message.user("Hi")), List.of(Asking.WEATHER), schema));
        JsonNode withTools = vendor.lastBody();

        assertThat(alone.path("generationConfig").path("responseMimeType").asString())
                .isEqualTo("application/json");
        assertThat(alone.path("generationConfig").path("responseJsonSchema")).isEqualTo(Json.parse(schema));
        assertThat(withTools.path("generationConfig").has("responseJsonSchema")).isFalse();
        assertThat(withTools
                        .path("systemInstruction")
                        .path("parts")
                        .path(0)
                        .path("text")
                        .asString())
                .contains("fits this JSON schema")
                .contains(schema);
    }

    @Test
    void callsOfAnotherModelAreMarkedForModelsThatInsistOnSignatures() throws InterruptedException {
        vendor.answers(FakeVendor.events(WORD));
        Message[] messages = {
            Message.user("Paris?"),
            Message.of(Message.Role.ASSISTANT, List.of(new Part.ToolCall("z", "weather", "{}"))),
            Message.of(Message.Role.TOOL, List.of(new Part.ToolResult("z", "weather", "sun", false))),
            Message.user("Oslo and Rome?"),
            Message.of(
                    Message.Role.ASSISTANT,
                    List.of(new Part.ToolCall("a", "weather", "{}"), new Part.ToolCall("b", "weather", "{}"))),
            Message.of(Message.Role.TOOL, List.of(new Part.ToolResult("a", "weather", "rain", false))),
            Message.of(Message.Role.TOOL, List.of(new Part.ToolResult("b", "weather", "sun", false)))
        };
        Asking.ask(models.model("gemini:gemini-3-pro"), messages);
        JsonNode newer = vendor.lastBody().path("contents");
        Asking.ask(models.model("gemini:gemini-2.5-pro"), messages);
        JsonNode older = vendor.lastBody().path("contents");

        assertThat(newer.path(1).path("parts").path(0).has("thoughtSignature")).isFalse();
        assertThat(newer.path(3).path("parts").path(0).path("thoughtSignature").asString())
                .isEqualTo("skip_thought_signature_validator");
        assertThat(newer.path(3).path("parts").path(1).has("thoughtSignature")).isFalse();
        assertThat(older.toString()).doesNotContain("thoughtSignature");
    }
}
