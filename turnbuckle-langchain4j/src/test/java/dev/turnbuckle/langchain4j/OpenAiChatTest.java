package dev.turnbuckle.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpenAiChatTest {
    private static final String[] PARALLEL_CALLS = {"""
        {"choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"Two cities."}}]}""", """
        {"choices":[{"index":0,"delta":{"content":"I look"}}]}""", """
        {"choices":[{"index":0,"delta":{"content":" it up."}}]}""", """
        {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_a","type":"function",\
        "function":{"name":"weather","arguments":"{\\"ci"}}]}}]}""", """
        {"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"call_b","type":"function",\
        "function":{"name":"weather","arguments":"{\\"city\\":\\"Rome\\"}"}}]}}]}""", """
        {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_a","function":{"arguments":"ty\\":\\"Oslo\\"}"}}]}}]}""", """
        {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}""", """
        {"choices":[],"usage":{"prompt_tokens":100,"prompt_tokens_details":{"cached_tokens":64},\
        "completion_tokens":30,"completion_tokens_details":{"reasoning_tokens":12}}}""", "[DONE]"};

    private final FakeVendor vendor = new FakeVendor(FakeVendor.events(PARALLEL_CALLS));
    private final VendorModel model =
            VendorModels.of(Map.of()).baseUrl(vendor.url()).model("openai:small");

    @AfterEach
    void close() {
        vendor.close();
    }

    @Test
    void textReasoningParallelCallsAndUsageAreRead() throws InterruptedException {
        Asking answer = Asking.ask(model, Message.user("Oslo and Rome?"));

        assertThat(answer.shown()).isEqualTo("I look it up.");
        assertThat(answer.shownReasoning()).isEqualTo("Two cities.");
        assertThat(answer.completed())
                .isEqualTo(new ModelEvent.Completed(
                        List.of(
                                new Part.Reasoning("Two cities.", null),
                                new Part.Text("I look it up."),
                                new Part.ToolCall("call_a", "weather", "{\"city\":\"Oslo\"}"),
                                new Part.ToolCall("call_b", "weather", "{\"city\":\"Rome\"}")),
                        new Usage(36L, 64L, null, 30L, 12L),
                        "tool_calls"));
    }

    @Test
    void aServerWithoutKeyIsAskedWithoutKey() throws InterruptedException {
        Asking.ask(model, Message.user("Oslo?"));

        assertThat(vendor.asked().getLast().path()).isEqualTo("/v1/chat/completions");
        assertThat(vendor.asked().getLast().headers()).doesNotContainKey("Authorization");
        assertThat(vendor.lastBody().path("tools").path(0).path("function").path("parameters"))
                .isEqualTo(Json.parse(Asking.WEATHER.schema()));
    }

    @Test
    void contentMayComeAsAListOfPieces() throws InterruptedException {
        vendor.answers(FakeVendor.events("""
                {"choices":[{"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm."}]}]}}]}""", """
                {"choices":[{"delta":{"content":[{"type":"text","text":"Rain."}]},"finish_reason":"stop"}]}"""));

        assertThat(Asking.ask(model, Message.user("Oslo?")).parts())
                .containsExactly(new Part.Reasoning("Hm.", null), new Part.Text("Rain."));
    }

    @Test
    void callsWithoutIndexAreToldApartByTheirIds() throws InterruptedException {
        vendor.answers(FakeVendor.events("""
                {"choices":[{"delta":{"tool_calls":[{"id":"a","function":{"name":"weather","arguments":"{\\"city\\":"}}]}}]}""", """
                {"choices":[{"delta":{"tool_calls":[{"id":"a","function":{"arguments":"\\"Oslo\\"}"}}]}}]}""", """
                {"choices":[{"delta":{"tool_calls":[{"id":"b","function":{"name":"weather","arguments":{"city":"Rome"}}}]},                "finish_reason":"tool_calls"}]}"""));

        assertThat(Asking.ask(model, Message.user("Oslo?")).parts())
                .containsExactly(
                        new Part.ToolCall("a", "weather", "{\"city\":\"Oslo\"}"),
                        new Part.ToolCall("b", "weather", "{\"city\":\"Rome\"}"));
    }
}
