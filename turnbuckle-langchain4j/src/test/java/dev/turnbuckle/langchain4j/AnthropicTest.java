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

class AnthropicTest {
    /** Two thoughts with a signature each, one redacted, text between calls. */
    private static final String[] INTERLEAVED = {
        """
        message_start {"type":"message_start","message":{"id":"m","role":"assistant","content":[],\
        "usage":{"input_tokens":25,"cache_creation_input_tokens":7,"cache_read_input_tokens":512,"output_tokens":1}}}""",
        """
        content_block_start {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}""",
        """
        content_block_delta {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Oslo "}}""",
        """
        content_block_delta {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"first."}}""",
        """
        content_block_delta {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"sig/ONE=="}}""",
        """
        content_block_stop {"type":"content_block_stop","index":0}""",
        "ping {\"type\":\"ping\"}",
        """
        content_block_start {"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"opaque+1"}}""",
        """
        content_block_stop {"type":"content_block_stop","index":1}""",
        """
        content_block_start {"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}""",
        """
        content_block_delta {"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"Let me look."}}""",
        """
        content_block_stop {"type":"content_block_stop","index":2}""",
        """
        content_block_start {"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"toolu_1","name":"weather","input":{}}}""",
        """
        content_block_delta {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\\"city\\":"}}""",
        """
        content_block_delta {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"\\"Oslo\\"}"}}""",
        """
        content_block_stop {"type":"content_block_stop","index":3}""",
        """
        content_block_start {"type":"content_block_start","index":4,"content_block":{"type":"thinking","thinking":"","signature":""}}""",
        """
        content_block_delta {"type":"content_block_delta","index":4,"delta":{"type":"thinking_delta","thinking":"Then Rome."}}""",
        """
        content_block_delta {"type":"content_block_delta","index":4,"delta":{"type":"signature_delta","signature":"sig/TWO=="}}""",
        """
        content_block_stop {"type":"content_block_stop","index":4}""",
        """
        content_block_start {"type":"content_block_start","index":5,"content_block":{"type":"tool_use","id":"toolu_2","name":"weather","input":{}}}""",
        """
        content_block_delta {"type":"content_block_delta","index":5,"delta":{"type":"input_json_delta","partial_json":"{\\"city\\":\\"Rome\\"}"}}""",
        """
        content_block_stop {"type":"content_block_stop","index":5}""",
        """
        message_delta {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":88}}""",
        "message_stop {\"type\":\"message_stop\"}"
    };

    private static final String[] WORD = {"""
        message_start {"type":"message_start","message":{"usage":{"input_tokens":5,"output_tokens":1}}}""", """
        content_block_start {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"ok"}}""", """
        message_delta {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}""", "message_stop {\"type\":\"message_stop\"}"};

    private final FakeVendor vendor = new FakeVendor(FakeVendor.events(INTERLEAVED));
    private final VendorModels models =
            VendorModels.of(Map.of("ANTHROPIC_API_KEY", "sk-ant-test")).baseUrl(vendor.url());
    private final VendorModel model = models.model("anthropic:claude");

    @AfterEach
    void close() {
        vendor.close();
    }

    @Test
    void blocksComeInTheirOrderEachWithItsOwnSignature() throws InterruptedException {
        Asking answer = Asking.ask(model, Message.user("Oslo and Rome?"));

        assertThat(answer.shown()).isEqualTo("Let me look.");
        assertThat(answer.shownReasoning()).isEqualTo("Oslo first.Then Rome.");
        assertThat(answer.completed())
                .isEqualTo(new ModelEvent.Completed(
                        List.of(
                                new Part.Reasoning("Oslo first.", "anthropic:sig/ONE=="),
                                new Part.Opaque("anthropic", "{\"type\":\"redacted_thinking\",\"data\":\"opaque+1\"}"),
                                new Part.Text("Let me look."),
                                new Part.ToolCall("toolu_1", "weather", "{\"city\":\"Oslo\"}"),
                                new Part.Reasoning("Then Rome.", "anthropic:sig/TWO=="),
                                new Part.ToolCall("toolu_2", "weather", "{\"city\":\"Rome\"}")),
                        new Usage(25L, 512L, 7L, 88L, null),
                        "tool_use"));
    }

    @Test
    void theyGoBackExactlyAsTheyCame() throws InterruptedException {
        List<Part> answer = Asking.ask(model, Message.user("Oslo and Rome?")).parts();
        vendor.answers(FakeVendor.events(WORD));
        Asking.ask(
                model,
                Message.user("Oslo and Rome?"),
                Message.of(Message.Role.ASSISTANT, answer),
                Message.of(Message.Role.TOOL, List.of(new Part.ToolResult("toolu_1", "weather", "rain", false))),
                Message.of(Message.Role.TOOL, List.of(new Part.ToolResult("toolu_2", "weather", "no such city", true))),
                Message.user("And Paris?"));

        assertThat(vendor.lastBody().path("messages")).isEqualTo(Json.parse("""
                                [{"role":"user","content":[{"type":"text","text":"Oslo and Rome?"}]},
                                 {"role":"assistant","content":[
                                  {"type":"thinking","thinking":"Oslo first.","signature":"sig/ONE=="},
                                  {"type":"redacted_thinking","data":"opaque+1"},
                                  {"type":"text","text":"Let me look."},
                                  {"type":"tool_use","id":"toolu_1","name":"weather","input":{"city":"Oslo"}},
                                  {"type":"thinking","thinking":"Then Rome.","signature":"sig/TWO=="},
                                  {"type":"tool_use","id":"toolu_2","name":"weather","input":{"city":"Rome"}}]},
                                 {"role":"user","content":[
                                  {"type":"tool_result","tool_use_id":"toolu_1","content":"rain"},
                                  {"type":"tool_result","tool_use_id":"toolu_2","content":"no such city","is_error":true},
                                  {"type":"text","text":"And Paris?"}]}]"""));
    }

    @Test
    void systemComponentsSchemasAndKeyAreSent() throws InterruptedException {
        vendor.answers(FakeVendor.events(WORD));
        var request = new ModelRequest(
                model.spec(),
                List.of("You are a guide.", "Be short."),
                List.of(Message.user("Hi")),
                List.of(Asking.WEATHER),
                null);
        Asking.ask(model, request);

        JsonNode body = vendor.lastBody();
        assertThat(vendor.asked().getLast().path()).isEqualTo("/v1/messages");
        assertThat(vendor.asked().getLast().header("X-api-key")).isEqualTo("sk-ant-test");
        assertThat(body.path("system")).isEqualTo(Json.parse("""
                                [{"type":"text","text":"You are a guide."},{"type":"text","text":"Be short."}]"""));
        assertThat(body.path("tools").path(0).path("input_schema")).isEqualTo(Json.parse(Asking.WEATHER.schema()));
        assertThat(body.path("max_tokens").asInt()).isEqualTo(8_192);
        assertThat(body.path("stream").asBoolean()).isTrue();
    }

    @Test
    void parametersStandWhereTheVendorWantsThem() throws InterruptedException {
        vendor.answers(FakeVendor.events(WORD));
        Asking.ask(
                models.parameters(Map.of(
                                "temperature", "1",
                                "thinking_budget", "4096",
                                "stop", "END\nSTOP",
                                "parallel_tool_calls", "false",
                                "prompt_cache", "true",
                                "reasoning_effort", "low",
                                "seed", "7"))
                        .model("anthropic:claude"),
                Message.user("Hi"));

        JsonNode body = vendor.lastBody();
        assertThat(body.path("temperature").asDouble()).isEqualTo(1.0);
        assertThat(body.path("thinking")).isEqualTo(Json.parse("{\"budget_tokens\":4096,\"type\":\"enabled\"}"));
        assertThat(body.path("max_tokens").asInt()).isEqualTo(12_288);
        assertThat(body.path("stop_sequences")).isEqualTo(Json.parse("[\"END\",\"STOP\"]"));
        assertThat(body.path("tool_choice"))
                .isEqualTo(Json.parse("{\"type\":\"auto\",\"disable_parallel_tool_use\":true}"));
        assertThat(body.path("output_config")).isEqualTo(Json.parse("{\"effort\":\"low\"}"));
        assertThat(body.path("system")
                        .path(0)
                        .path("cache_control")
                        .path("type")
                        .asString())
                .isEqualTo("ephemeral");
        assertThat(body.path("messages")
                        .path(0)
                        .path("content")
                        .path(0)
                        .path("cache_control")
                        .path("type")
                        .asString())
                .isEqualTo("ephemeral");
        assertThat(body.has("cache_control")).isFalse();
        assertThat(body.has("seed")).isFalse();
    }

    @Test
    void thinkingWithoutABudgetIsTheModelsOwnMatter() throws InterruptedException {
        vendor.answers(FakeVendor.events(WORD));
        Asking.ask(models.parameter("thinking", "true").model("anthropic:claude"), Message.user("Hi"));
        JsonNode on = vendor.lastBody().path("thinking");
        Asking.ask(models.parameter("thinking", "false").model("anthropic:claude"), Message.user("Hi"));

        assertThat(on).isEqualTo(Json.parse("{\"type\":\"adaptive\"}"));
        assertThat(vendor.lastBody().path("thinking")).isEqualTo(Json.parse("{\"type\":\"disabled\"}"));
    }

    @Test
    void theSchemaOfAnAnswerIsItsFormatWithEveryObjectClosed() throws InterruptedException {
        vendor.answers(FakeVendor.events(WORD));
        var request = new ModelRequest(model.spec(), List.of(), List.of(Message.user("Hi")), List.of(), """
                {"type":"object","properties":{"who":{"type":"object","properties":{"name":{"type":"string"}}}}}""");
        Asking.ask(model, request);

        assertThat(vendor.lastBody().path("output_config").path("format")).isEqualTo(Json.parse("""
                                {"type":"json_schema","schema":{"type":"object","properties":{"who":{"type":"object",
                                "properties":{"name":{"type":"string"}},"additionalProperties":false}},
                                "additionalProperties":false}}"""));
    }

    @Test
    void whatIsNotCountedStaysUnknown() throws InterruptedException {
        vendor.answers(FakeVendor.events(WORD));
        Asking answer = Asking.ask(model, Message.user("Hi"));

        assertThat(answer.completed())
                .isEqualTo(new ModelEvent.Completed(
                        List.of(new Part.Text("ok")), new Usage(5L, null, null, 2L, null), "end_turn"));
    }

    @Test
    void thinkingPausesWhileCallsOfAnotherModelAreAnswered() throws InterruptedException {
        vendor.answers(FakeVendor.events(WORD));
        VendorModel thinking = models.parameter("thinking_budget", "1024").model("anthropic:claude");
        Message call = Message.of(Message.Role.ASSISTANT, List.of(new Part.ToolCall("call_a", "weather", "{}")));
        Message result =
                Message.of(Message.Role.TOOL, List.of(new Part.ToolResult("call_a", "weather", "rain", false)));
        Asking.ask(thinking, Message.user("Oslo?"), call, result);
        JsonNode within = vendor.lastBody();
        Asking.ask(
                thinking,
                Message.user("Oslo?"),
                call,
                result,
                Message.of(Message.Role.ASSISTANT, List.of(new Part.Text("Rain."))),
                Message.user("And Rome?"));
        JsonNode next = vendor.lastBody();

        assertThat(within.has("thinking")).isFalse();
        assertThat(next.path("thinking").path("type").asString()).isEqualTo("enabled");
    }
}
