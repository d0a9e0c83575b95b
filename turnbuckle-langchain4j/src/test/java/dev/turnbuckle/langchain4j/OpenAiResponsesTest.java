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

class OpenAiResponsesTest {
    private static final String[] REASONED = {"""
        response.created {"type":"response.created","response":{"id":"r1","status":"in_progress"}}""", """
        response.reasoning_summary_text.delta {"type":"response.reasoning_summary_text.delta","delta":"Two cities."}""", """
        response.output_item.done {"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"rs_1",\
        "summary":[{"type":"summary_text","text":"Two cities."}],"encrypted_content":"ENC1"}}""", """
        response.output_text.delta {"type":"response.output_text.delta","delta":"I look"}""", """
        response.output_text.delta {"type":"response.output_text.delta","delta":" it up."}""", """
        response.function_call_arguments.delta {"type":"response.function_call_arguments.delta","item_id":"fc_1","delta":"{"}""", """
        response.completed {"type":"response.completed","response":{"id":"r1","status":"completed","output":[\
        {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Two cities."}],"encrypted_content":"ENC1"},\
        {"type":"message","role":"assistant","content":[{"type":"output_text","text":"I look it up."}]},\
        {"type":"function_call","id":"fc_1","call_id":"call_a","name":"weather","arguments":"{\\"city\\":\\"Oslo\\"}"},\
        {"type":"reasoning","id":"rs_2","summary":[],"encrypted_content":"ENC2"},\
        {"type":"function_call","id":"fc_2","call_id":"call_b","name":"weather","arguments":"{\\"city\\":\\"Rome\\"}"}],\
        "usage":{"input_tokens":100,"input_tokens_details":{"cached_tokens":64},"output_tokens":50,\
        "output_tokens_details":{"reasoning_tokens":32}}}}"""};
    private static final String[] WORD = {"""
        response.completed {"type":"response.completed","response":{"status":"completed","output":[\
        {"type":"message","content":[{"type":"output_text","text":"ok"}]}]}}"""};

    private final FakeVendor vendor = new FakeVendor(FakeVendor.events(REASONED));
    private final VendorModels models =
            VendorModels.of(Map.of("OPENAI_API_KEY", "sk-test")).baseUrl(vendor.url());
    private final VendorModel model = models.parameters(Map.of("reasoning_effort", "low", "reasoning_summary", "auto"))
            .model("openai-responses:gpt-x");

    @AfterEach
    void close() {
        vendor.close();
    }

    @Test
    void itemsComeInTheirOrderWithTheirEncryptedReasoning() throws InterruptedException {
        Asking answer = Asking.ask(model, Message.user("Oslo and Rome?"));

        assertThat(answer.shown()).isEqualTo("I look it up.");
        assertThat(answer.shownReasoning()).isEqualTo("Two cities.");
        assertThat(answer.completed())
                .isEqualTo(new ModelEvent.Completed(
                        List.of(
                                new Part.Reasoning("Two cities.", "openai:rs_1:ENC1"),
                                new Part.Text("I look it up."),
                                new Part.ToolCall("call_a", "weather", "{\"city\":\"Oslo\"}"),
                                new Part.Reasoning("", "openai:rs_2:ENC2"),
                                new Part.ToolCall("call_b", "weather", "{\"city\":\"Rome\"}")),
                        new Usage(36L, 64L, null, 50L, 32L),
                        "completed"));
    }

    @Test
    void theyGoBackInTheirOrder() throws InterruptedException {
        List<Part> answer = Asking.ask(model, Message.user("Oslo and Rome?")).parts();
        vendor.answers(FakeVendor.events(WORD));
        Asking.ask(
                model,
                Message.user("Oslo and Rome?"),
                Message.of(Message.Role.ASSISTANT, answer),
                Message.of(Message.Role.TOOL, List.of(new Part.ToolResult("call_a", "weather", "rain", false))),
                Message.of(Message.Role.TOOL, List.of(new Part.ToolResult("call_b", "weather", "sun", false))));

        assertThat(vendor.lastBody().path("input")).isEqualTo(Json.parse("""
                                [{"type":"message","role":"system","content":[{"type":"input_text","text":"Be short."}]},
                                 {"type":"message","role":"user","content":[{"type":"input_text","text":"Oslo and Rome?"}]},
                                 {"type":"reasoning","id":"rs_1","encrypted_content":"ENC1","summary":[{"type":"summary_text","text":"Two cities."}]},
                                 {"type":"message","role":"assistant","content":[{"type":"output_text","text":"I look it up."}]},
                                 {"type":"function_call","call_id":"call_a","name":"weather","arguments":"{\\"city\\":\\"Oslo\\"}"},
                                 {"type":"reasoning","id":"rs_2","encrypted_content":"ENC2","summary":[]},
                                 {"type":"function_call","call_id":"call_b","name":"weather","arguments":"{\\"city\\":\\"Rome\\"}"},
                                 {"type":"function_call_output","call_id":"call_a","output":"rain"},
                                 {"type":"function_call_output","call_id":"call_b","output":"sun"}]"""));
    }

    @Test
    void nothingIsKeptAtTheVendorAndReasoningIsAskedForWhereThereIsSome() throws InterruptedException {
        Asking.ask(model, Message.user("Hi"));
        JsonNode reasoning = vendor.lastBody();
        Asking.ask(models.model("openai-responses:gpt-x"), Message.user("Hi"));
        JsonNode plain = vendor.lastBody();

        assertThat(vendor.asked().getLast().path()).isEqualTo("/v1/responses");
        assertThat(vendor.asked().getLast().header("Authorization")).isEqualTo("Bearer sk-test");
        assertThat(reasoning.path("store").asBoolean(true)).isFalse();
        assertThat(reasoning.path("include")).isEqualTo(Json.parse("[\"reasoning.encrypted_content\"]"));
        assertThat(reasoning.path("reasoning")).isEqualTo(Json.parse("{\"effort\":\"low\",\"summary\":\"auto\"}"));
        assertThat(reasoning.path("tools").path(0).path("parameters")).isEqualTo(Json.parse(Asking.WEATHER.schema()));
        assertThat(plain.has("include")).isFalse();
    }

    @Test
    void theSchemaOfAnAnswerIsItsFormatOrWords() throws InterruptedException {
        vendor.answers(FakeVendor.events(WORD));
        String schema = "{\"type\":\"object\"}";
        Asking.ask(model, new ModelRequest(model.spec(), List.of(), List.of(Message.user("Hi")), List.of(), schema));
        JsonNode field = vendor.lastBody();
        VendorModel inWords = models.parameter("structured_output", "false").model("openai-responses:gpt-x");
        Asking.ask(inWords, new ModelRequest(model.spec(), List.of(), List.of(Message.user("Hi")), List.of(), schema));
        JsonNode words = vendor.lastBody();

        assertThat(field.path("text").path("format")).isEqualTo(Json.parse("""
                                {"type":"json_schema","name":"answer","strict":false,"schema":{"type":"object"}}"""));
        assertThat(words.has("text")).isFalse();
        assertThat(words.path("input")
                        .path(0)
                        .path("content")
                        .path(0)
                        .path("text")
                        .asString())
                .contains(schema);
    }

    @Test
    void aRefusalIsShownAndAnAnswerThatWasCutSaysWhy() throws InterruptedException {
        vendor.answers(FakeVendor.events("""
                {"type":"response.refusal.delta","delta":"I cannot"}""", """
                {"type":"response.output_item.done","output_index":0,"item":{"type":"message",\
                "content":[{"type":"refusal","refusal":"I cannot"}]}}""", """
                {"type":"response.incomplete","response":{"status":"incomplete","output":[],\
                "incomplete_details":{"reason":"max_output_tokens"}}}"""));
        Asking answer = Asking.ask(model, Message.user("Hi"));

        assertThat(answer.shown()).isEqualTo("I cannot");
        assertThat(answer.completed())
                .isEqualTo(
                        new ModelEvent.Completed(List.of(new Part.Text("I cannot")), Usage.NONE, "max_output_tokens"));
    }
}
