package dev.turnbuckle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.langchain4j.VendorModels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class E11VendorsTest {
    @Test
    void whenTheFirstVendorRefusesTheKeyTheSecondOneAnswers() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/chat/completions", exchange -> answer(exchange, 401, "application/json", "{}"));
        server.createContext("/v1/messages", exchange -> answer(exchange, 200, "text/event-stream", """
                        event: content_block_start
                        data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"A raincoat."}}

                        event: message_stop
                        data: {"type":"message_stop"}

                        """));
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        Map<String, String> environment = Map.of(
                "OPENAI_API_KEY",
                "expired",
                "OPENAI_BASE_URL",
                url,
                "ANTHROPIC_API_KEY",
                "good",
                "ANTHROPIC_BASE_URL",
                url);

        try (Turnbuckle turnbuckle = E11Vendors.runtime(VendorModels.of(environment))) {
            assertThat(turnbuckle.session("user-42").ask("What should I wear in Oslo?"))
                    .isEqualTo("A raincoat.");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void itSaysWhatIsConfigured() {
        var out = new ByteArrayOutputStream();
        E11Vendors.list(Map.of("GOOGLE_API_KEY", "k"), new PrintStream(out, true, StandardCharsets.UTF_8));

        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "openai:gpt-5-mini (OPENAI_API_KEY): not configured",
                        "openai-responses:gpt-5-mini (OPENAI_API_KEY): not configured",
                        "anthropic:claude-sonnet-4-6 (ANTHROPIC_API_KEY): not configured",
                        "gemini:gemini-2.5-flash (GEMINI_API_KEY or GOOGLE_API_KEY): can be asked",
                        "ollama:qwen3 (no key): can be asked");
    }

    private static void answer(HttpExchange exchange, int status, String type, String body) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().add("content-type", type);
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
