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
import tools.jackson.databind.JsonNode;

class OllamaTest {
    private final FakeVendor vendor = new FakeVendor(FakeVendor.of(200, "application/x-ndjson", """
            {"message":{"role":"assistant","content":"","thinking":"Two cities."},"done":false}
            {"message":{"role":"assistant","content":"I look"},"done":false}
            {"message":{"role":"assistant","content":" it up."},"done":false}
            {"message":{"role":"assistant","content":"","tool_calls":[\
            {"function":{"name":"weather","arguments":{"city":"Oslo"}}},\
            {"id":"c2","function":{"name":"weather","arguments":{"city":"Rome"}}}]},"done":false}
            {"message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":26,"eval_count":9}
            """));
    private final VendorModels models = VendorModels.of(Map.of()).baseUrl(vendor.url());

    @AfterEach
    void close() {
        vendor.close();
    }

    @Test
    void linesBecomeAnAnswer() throws InterruptedException {
        Asking answer = Asking.ask(models.model("ollama:qwen3"), Message.user("Oslo and Rome?"));

        assertThat(answer.shown()).isEqualTo("I look it up.");
        assertThat(answer.shownReasoning()).isEqualTo("Two cities.");
        assertThat(answer.completed())
                .isEqualTo(new ModelEvent.Completed(
                        List.of(
                                new Part.Reasoning("Two cities.", null),
                                new Part.Text("I look it up."),
                                new Part.ToolCall("", "weather", "{\"city\":\"Oslo\"}"),
                                new Part.ToolCall("c2", "weather", "{\"city\":\"Rome\"}")),
                        Usage.of(26, 9),
                        "stop"));
    }

    @Test
    void schemasAndParametersAreSent() throws InterruptedException {
        Asking.ask(
                models.parameters(
                                Map.of("temperature", "0", "num_ctx", "32768", "max_tokens", "50", "thinking", "true"))
                        .model("ollama:qwen3"),
                Message.user("Hi"));

        JsonNode body = vendor.lastBody();
        assertThat(vendor.asked().getLast().path()).isEqualTo("/api/chat");
        assertThat(body.path("model").asString()).isEqualTo("qwen3");
        assertThat(body.path("options"))
                .isEqualTo(Json.parse("{\"temperature\":0.0,\"num_ctx\":32768,\"num_predict\":50}"));
        assertThat(body.path("think").asBoolean()).isTrue();
        assertThat(body.path("tools").path(0).path("function").path("parameters"))
                .isEqualTo(Json.parse(Asking.WEATHER.schema()));
    }
}
