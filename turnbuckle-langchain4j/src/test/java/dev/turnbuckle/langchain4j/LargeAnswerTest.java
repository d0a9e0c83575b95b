package dev.turnbuckle.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LargeAnswerTest {
    @Test
    void tenMegabytesInOneChunkAndInTenThousand() throws InterruptedException {
        String megabyte = "0123456789abcdef".repeat(65_536);
        var events = new ArrayList<String>();
        events.add("{\"choices\":[{\"delta\":{\"content\":\"" + megabyte.repeat(10) + "\"}}]}");
        for (int i = 0; i < 10_240; i++) {
            events.add("{\"choices\":[{\"delta\":{\"content\":\"" + megabyte.substring(0, 1_024) + "\"}}]}");
        }
        events.add("{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}");
        try (var vendor = new FakeVendor(FakeVendor.events(events.toArray(String[]::new)))) {
            Asking answer = Asking.ask(
                    VendorModels.of(Map.of()).baseUrl(vendor.url()).model("openai:small"), Message.user("Much"));

            assertThat(answer.completed().parts()).hasSize(1);
            assertThat(((Part.Text) answer.completed().parts().getFirst()).text())
                    .hasSize(20 * 1_048_576)
                    .startsWith("0123456789abcdef0123")
                    .endsWith("9abcdef");
        }
    }

    @Test
    void aMegabyteOfArgumentsInSmallPieces() throws InterruptedException {
        var events = new ArrayList<String>();
        events.add("""
                {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"weather","arguments":"{\\"city\\":\\""}}]}}]}""");
        for (int i = 0; i < 20_000; i++) {
            events.add("""
                    {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"arguments":"0123456789012345678901234567890123456789012345678901"}}]}}]}""");
        }
        events.add("""
                {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\\"}"}}]},"finish_reason":"tool_calls"}]}""");
        try (var vendor = new FakeVendor(FakeVendor.events(events.toArray(String[]::new)))) {
            List<Part> parts = Asking.ask(
                            VendorModels.of(Map.of()).baseUrl(vendor.url()).model("openai:small"), Message.user("Much"))
                    .parts();

            Part.ToolCall call = (Part.ToolCall) parts.getFirst();
            assertThat(call.id()).isEqualTo("a");
            assertThat(call.arguments())
                    .hasSize(11 + 20_000 * 52)
                    .startsWith("{\"city\":\"0123")
                    .endsWith("01\"}");
        }
    }
}
