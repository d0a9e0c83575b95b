package dev.turnbuckle.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.tool.Tool;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Whole turns: what a model does wrong is mended or told, and the session stays usable. */
class TurnOverTheWireTest {
    record City(String city) {}

    private final Queue<FakeVendor.Response> responses = new ConcurrentLinkedQueue<>();
    private final FakeVendor vendor = new FakeVendor(this::next);

    @AfterEach
    void close() {
        vendor.close();
    }

    private void next(HttpExchange exchange) throws IOException {
        responses.remove().write(exchange);
    }

    private Turnbuckle.Builder runtime() {
        VendorModels models = VendorModels.of(Map.of("ANTHROPIC_API_KEY", "k")).baseUrl(vendor.url());
        return Turnbuckle.builder()
                .model(models.model("openai:small"), models.model("anthropic:large"))
                .tool(Tool.read("weather", "Weather", City.class, c -> "rain in " + c.city()));
    }

    private static FakeVendor.Response calls(String... calls) {
        return FakeVendor.events(
                "{\"choices\":[{\"delta\":{\"tool_calls\":[" + String.join(",", calls)
                        + "]},\"finish_reason\":\"tool_calls\"}]}",
                "[DONE]");
    }

    private static String call(int index, String id, String name, String arguments) {
        return Json.object()
                .put("index", index)
                .put("id", id)
                .set("function", Json.object().put("name", name).put("arguments", arguments))
                .toString();
    }

    private static FakeVendor.Response says(String text) {
        return FakeVendor.events(
                "{\"choices\":[{\"delta\":{\"content\":\"" + text + "\"},\"finish_reason\":\"stop\"}]}", "[DONE]");
    }

    private String ask(String text) {
        try (Turnbuckle turnbuckle = runtime().build()) {
            return turnbuckle.session("s").ask(text);
        }
    }

    private JsonNode message(int index) {
        return vendor.lastBody().path("messages").path(index);
    }

    @Test
    void argumentsThatAreNoJsonAreToldToTheModel() {
        responses.addAll(List.of(
                calls(call(0, "a", "weather", "{city: Oslo")),
                calls(call(0, "b", "weather", "{\"city\":\"Oslo\"}")),
                says("Rain.")));

        assertThat(ask("Oslo?")).isEqualTo("Rain.");
        assertThat(message(1)
                        .path("tool_calls")
                        .path(0)
                        .path("function")
                        .path("arguments")
                        .asString())
                .isEqualTo("{\"malformed\":\"{city: Oslo\"}");
        assertThat(message(2).path("content").asString()).contains("Send one JSON object");
        assertThat(message(4).path("content").asString()).isEqualTo("rain in Oslo");
    }

    @Test
    void twoCallsWithOneIdAndANameInTheWrongCaseBothRun() {
        responses.addAll(List.of(
                calls(call(0, "a", "weather", "{\"city\":\"Oslo\"}"), call(1, "a", "Weather", "{\"city\":\"Rome\"}")),
                says("Rain.")));

        assertThat(ask("Oslo and Rome?")).isEqualTo("Rain.");
        assertThat(message(1)
                        .path("tool_calls")
                        .path(1)
                        .path("function")
                        .path("name")
                        .asString())
                .isEqualTo("weather");
        assertThat(message(2).path("tool_call_id").asString()).isEqualTo("a");
        assertThat(message(3).path("tool_call_id").asString()).isEqualTo("a-2");
        assertThat(message(3).path("content").asString()).isEqualTo("rain in Rome");
    }

    @Test
    void aMegabyteOfArgumentsAndAnAnswerOfTenLeaveTheSessionUsable() {
        String megabyte = "0123456789abcdef".repeat(65_536);
        responses.addAll(List.of(
                calls(call(0, "a", "weather", "{\"city\":\"" + megabyte + "\"}")),
                says(megabyte.repeat(10)),
                says("Yes.")));
        try (Turnbuckle turnbuckle = runtime().build()) {
            assertThat(turnbuckle.session("s").ask("Much?")).hasSize(10 * 1_048_576);
            assertThat(turnbuckle.session("s").ask("Still there?")).isEqualTo("Yes.");
        }
        assertThat(message(4).path("content").asString()).isEqualTo("Still there?");
    }

    @Test
    void aRefusedKeyFallsBackToTheNextModelWithWhatWasDoneSoFar() {
        responses.addAll(List.of(
                calls(call(0, "call.with.dots", "weather", "{\"city\":\"Oslo\"}")),
                FakeVendor.of(401, "application/json", "{\"error\":{\"message\":\"expired\"}}"),
                FakeVendor.events(
                        "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"Rain.\"}}",
                        "{\"type\":\"message_stop\"}")));

        assertThat(ask("Oslo?")).isEqualTo("Rain.");
        assertThat(vendor.asked().getLast().path()).isEqualTo("/v1/messages");
        assertThat(message(2).path("content").path(0).path("content").asString())
                .isEqualTo("rain in Oslo");
    }

    @Test
    void aFailureIsWrittenDownWithoutTheKey() {
        responses.add(FakeVendor.of(
                400, "application/json", "{\"error\":{\"message\":\"bad header: Bearer sk-live-0123456789abcdef\"}}"));
        try (Turnbuckle turnbuckle = runtime().build()) {
            TurnOutcome outcome = turnbuckle.session("s").send(Input.text("Hi")).await();

            assertThat(outcome).isInstanceOfSatisfying(TurnOutcome.Failed.class, f -> {
                assertThat(f.code()).isEqualTo("model_bad_request");
                assertThat(f.message()).contains("Bearer [hidden]").doesNotContain("sk-live");
            });
            responses.add(says("Here."));
            assertThat(turnbuckle.session("s").ask("Are you there?")).isEqualTo("Here.");
        }
    }
}
