package dev.turnbuckle.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.model.ModelFailure.Kind;
import dev.turnbuckle.session.Message;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can happen to a call comes out as a typed failure, in words that name the remedy and hold no key. */
class FailuresTest {
    private static final String KEY = "sk-proj-verysecretkey1234567890";
    private static final String PIECE = "{\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}";

    private final FakeVendor vendor = new FakeVendor(FakeVendor.events());
    private final VendorModels models = VendorModels.of(Map.of(
                    "OPENAI_API_KEY",
                    KEY,
                    "ANTHROPIC_API_KEY",
                    "sk-ant-secret-77",
                    "GEMINI_API_KEY",
                    "AIzaSecretSecret"))
            .baseUrl(vendor.url());

    @AfterEach
    void close() {
        vendor.close();
    }

    private ModelFailure fails(FakeVendor.Response response) throws InterruptedException {
        return fails("openai:small", response);
    }

    private ModelFailure fails(String model, FakeVendor.Response response) throws InterruptedException {
        vendor.answers(response);
        return Asking.fails(models.model(model));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "openai | 400 | CONTEXT_OVERFLOW | {'error':{'message':'This model''s maximum context length is 8192 tokens.','code':'context_length_exceeded'}}",
                "openai | 400 | CONTENT_FILTER   | {'error':{'message':'The response was filtered','code':'content_filter'}}",
                "openai | 400 | BAD_REQUEST      | {'error':{'message':'Unsupported value: temperature','type':'invalid_request_error'}}",
                "openai | 401 | AUTH             | {'error':{'message':'No such key','code':'invalid_api_key'}}",
                "openai | 403 | AUTH             | {'error':{'message':'Country not supported'}}",
                "openai | 404 | BAD_REQUEST      | {'error':{'message':'The model small does not exist','code':'model_not_found'}}",
                "openai | 429 | RATE_LIMIT       | {'error':{'message':'Rate limit reached','code':'rate_limit_exceeded'}}",
                "openai | 429 | AUTH             | {'error':{'message':'You exceeded your current quota','code':'insufficient_quota'}}",
                "openai | 500 | OVERLOADED       | {'error':{'message':'The server had an error','type':'server_error'}}",
                "openai | 503 | OVERLOADED       | <html><head><title>503</title></head><body>Backend unavailable</body></html>",
                "openai | 504 | TIMEOUT          | upstream request timeout",
                "openai | 400 | CONTEXT_OVERFLOW | {'error':'the request exceeds the available context size'}",
                "openai-responses | 400 | CONTEXT_OVERFLOW | {'error':{'message':'Your input exceeds the context window of this model.','code':'context_length_exceeded'}}",
                "openai-responses | 400 | CONTENT_FILTER | {'error':{'message':'Invalid prompt: your prompt was flagged as potentially violating our usage policy','code':'invalid_prompt'}}",
                "anthropic | 400 | CONTEXT_OVERFLOW | {'type':'error','error':{'type':'invalid_request_error','message':'prompt is too long: 210000 tokens > 200000 maximum'}}",
                "anthropic | 400 | AUTH          | {'type':'error','error':{'type':'invalid_request_error','message':'Your credit balance is too low to access the API'}}",
                "anthropic | 413 | CONTEXT_OVERFLOW | {'type':'error','error':{'type':'request_too_large','message':'Request exceeds the maximum size'}}",
                "anthropic | 429 | RATE_LIMIT    | {'type':'error','error':{'type':'rate_limit_error','message':'Number of requests has exceeded your limit'}}",
                "anthropic | 529 | OVERLOADED    | {'type':'error','error':{'type':'overloaded_error','message':'Overloaded'}}",
                "gemini | 400 | AUTH             | {'error':{'code':400,'message':'API key not valid. Please pass a valid API key.','status':'INVALID_ARGUMENT','details':[{'reason':'API_KEY_INVALID'}]}}",
                "gemini | 400 | CONTEXT_OVERFLOW | {'error':{'code':400,'message':'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).','status':'INVALID_ARGUMENT'}}",
                "gemini | 429 | RATE_LIMIT       | {'error':{'code':429,'message':'You exceeded your current quota, please check your plan and billing details.','status':'RESOURCE_EXHAUSTED'}}",
                "gemini | 503 | OVERLOADED       | [{'error':{'code':503,'message':'The model is overloaded.','status':'UNAVAILABLE'}}]",
                "ollama | 404 | BAD_REQUEST      | {'error':'model ''small'' not found'}",
            })
    void aRefusalHasTheKindThatItTells(String prefix, int status, Kind kind, String body) throws InterruptedException {
        // one quote in these tables stands for a double one, two for an apostrophe
        String json = body.replace("''", "\u0000").replace('\'', '"').replace('\u0000', '\'');
        ModelFailure failure = fails(prefix + ":small", FakeVendor.of(status, "application/json", json));

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure).hasMessageStartingWith(prefix + ":small: HTTP " + status + ": ");
        assertThat(failure.getMessage()).doesNotContain("<");
    }

    @Test
    void aModelThatIsNotFoundNamesModelAndAddress() throws InterruptedException {
        ModelFailure failure = fails(FakeVendor.of(404, "text/plain", "404 page not found"));

        assertThat(failure)
                .hasMessage(
                        "openai:small: HTTP 404: 404 page not found. Either there is no model \"small\" or the base URL "
                                + vendor.url() + "/v1 is not that of the API.");
    }

    @Test
    void secondsToWaitAreTold() throws InterruptedException {
        ModelFailure failure = fails(FakeVendor.of(429, "application/json", "{}", "Retry-After", "7"));

        assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void millisecondsToWaitAreTold() throws InterruptedException {
        ModelFailure failure =
                fails(FakeVendor.of(429, "application/json", "{}", "Retry-After", "7", "retry-after-ms", "250"));

        assertThat(failure.retryAfter()).isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void geminiTellsInItsBodyHowLongToWait() throws InterruptedException {
        ModelFailure failure = fails("gemini:small", FakeVendor.of(429, "application/json", """
                        {"error":{"code":429,"message":"Resource has been exhausted","status":"RESOURCE_EXHAUSTED",\
                        "details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"38.5s"}]}}"""));

        assertThat(failure.kind()).isEqualTo(Kind.RATE_LIMIT);
        assertThat(failure.retryAfter()).isEqualTo(Duration.ofMillis(38_500));
    }

    @Test
    void nobodyIsToldToWaitWhenTheVendorDoesNot() throws InterruptedException {
        assertThat(fails(FakeVendor.of(429, "application/json", "{}", "Retry-After", "soon"))
                        .retryAfter())
                .isNull();
    }

    @Test
    void aPageInsteadOfAnAnswerNamesTheAddress() throws InterruptedException {
        ModelFailure failure =
                fails(FakeVendor.of(200, "text/html; charset=utf-8", "<html><body>Welcome, log in</body></html>"));

        assertThat(failure.kind()).isEqualTo(Kind.BAD_REQUEST);
        assertThat(failure)
                .hasMessageContaining("answered a page (text/html; charset=utf-8)")
                .hasMessageContaining("its default is https://api.openai.com/v1");
    }

    @Test
    void aPageThatDoesNotSaySoIsOneToo() throws InterruptedException {
        ModelFailure failure = fails(FakeVendor.of(200, "text/plain", "<!doctype html><html>Hello</html>"));

        assertThat(failure.kind()).isEqualTo(Kind.BAD_REQUEST);
        assertThat(failure).hasMessageContaining("answered a page (text/plain)");
    }

    @Test
    void anErrorThatComesAsAnAnswerIsAnError() throws InterruptedException {
        ModelFailure failure = fails(FakeVendor.of(
                200, "application/json", "{\"error\":{\"message\":\"slow down\",\"code\":\"rate_limit_exceeded\"}}"));

        assertThat(failure.kind()).isEqualTo(Kind.RATE_LIMIT);
        assertThat(failure).hasMessageContaining("slow down");
    }

    @Test
    void aRedirectIsNotFollowedWithTheKey() throws InterruptedException {
        ModelFailure failure = fails(FakeVendor.of(308, "text/plain", "", "Location", "https://api.example/v1"));

        assertThat(failure.kind()).isEqualTo(Kind.BAD_REQUEST);
        assertThat(failure).hasMessageContaining("sends us on to https://api.example/v1: set the base URL");
        assertThat(vendor.asked()).hasSize(1);
    }

    @Test
    void anAnswerThatIsNoStreamIsNoAnswer() throws InterruptedException {
        ModelFailure failure =
                fails(FakeVendor.of(200, "application/json", "{\"choices\":[{\"message\":{\"content\":\"whole\"}}]}"));

        assertThat(failure.kind()).isEqualTo(Kind.NETWORK);
        assertThat(failure).hasMessageContaining("ended before it was complete, after 45 bytes of application/json");
    }

    @ParameterizedTest
    @CsvSource({"openai", "openai-responses", "anthropic", "gemini", "ollama"})
    void aChunkThatIsNoJsonIsAFailureNotAHole(String prefix) throws InterruptedException {
        ModelFailure failure = fails(
                prefix + ":small",
                prefix.equals("ollama")
                        ? FakeVendor.of(200, "application/x-ndjson", "{\"message\":{\"content\":\"a\"\n")
                        : FakeVendor.events("{\"choices\": oops", "[DONE]"));

        assertThat(failure.kind()).isEqualTo(Kind.NETWORK);
        assertThat(failure).hasMessageContaining("a chunk of the answer is not JSON: {");
    }

    @ParameterizedTest
    @CsvSource({"openai", "openai-responses", "anthropic", "gemini", "ollama"})
    void aStreamThatEndsEarlyIsAFailure(String prefix) throws InterruptedException {
        ModelFailure failure = fails(prefix + ":small", FakeVendor.events());

        assertThat(failure.kind()).isEqualTo(Kind.NETWORK);
        assertThat(failure).hasMessageContaining("after 0 bytes").hasMessageContaining("stream?");
    }

    @Test
    void aConnectionThatBreaksInMidStreamIsAFailure() throws Exception {
        try (var socket = new ServerSocket(0)) {
            Thread server = Thread.ofVirtual()
                    .start(() -> say(
                            socket,
                            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 9999\r\n\r\n"
                                    + "data: " + PIECE + "\n\n"));
            ModelFailure failure = Asking.fails(
                    models.baseUrl("http://127.0.0.1:" + socket.getLocalPort()).model("openai:small"));

            assertThat(failure.kind()).isEqualTo(Kind.NETWORK);
            assertThat(failure).hasMessageContaining("the connection broke");
            server.join();
        }
    }

    /** Answers whatever is said, and hangs up. */
    private static void say(ServerSocket socket, String response) {
        try (var client = socket.accept()) {
            client.getInputStream().read(new byte[100_000]);
            OutputStream out = client.getOutputStream();
            out.write(response.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anErrorInMidStreamHasItsKind() throws InterruptedException {
        assertThat(fails(FakeVendor.events(
                                PIECE, "{\"error\":{\"message\":\"Rate limit\",\"code\":\"rate_limit_exceeded\"}}"))
                        .kind())
                .isEqualTo(Kind.RATE_LIMIT);
        assertThat(fails(
                                "openai-responses:small",
                                FakeVendor.events("{\"type\":\"error\",\"code\":\"server_error\",\"message\":\"Oh\"}"))
                        .kind())
                .isEqualTo(Kind.OVERLOADED);
        assertThat(fails(
                                "anthropic:small",
                                FakeVendor.events(
                                        "error {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}"))
                        .kind())
                .isEqualTo(Kind.OVERLOADED);
        assertThat(fails(
                                "gemini:small",
                                FakeVendor.events(
                                        "{\"error\":{\"code\":503,\"message\":\"overloaded\",\"status\":\"UNAVAILABLE\"}}"))
                        .kind())
                .isEqualTo(Kind.OVERLOADED);
        assertThat(fails("ollama:small", FakeVendor.of(200, "application/x-ndjson", "{\"error\":\"out of memory\"}\n"))
                        .kind())
                .isEqualTo(Kind.OTHER);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "openai | {\"choices\":[{\"delta\":{},\"finish_reason\":\"content_filter\"}]}",
                "openai-responses | {\"type\":\"response.incomplete\",\"response\":{\"incomplete_details\":{\"reason\":\"content_filter\"}}}",
                "gemini | {\"promptFeedback\":{\"blockReason\":\"PROHIBITED_CONTENT\"}}",
                "gemini | {\"candidates\":[{\"finishReason\":\"SAFETY\"}]}",
            })
    void anAnswerThatWasWithheldIsNone(String prefix, String event) throws InterruptedException {
        assertThat(fails(prefix + ":small", FakeVendor.events(event)).kind()).isEqualTo(Kind.CONTENT_FILTER);
    }

    @Test
    void anAnthropicRefusalIsNoAnswer() throws InterruptedException {
        ModelFailure failure = fails(
                "anthropic:small",
                FakeVendor.events(
                        "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"refusal\"}}",
                        "{\"type\":\"message_stop\"}"));

        assertThat(failure.kind()).isEqualTo(Kind.CONTENT_FILTER);
    }

    @Test
    void silenceBeforeTheAnswerEnds() throws InterruptedException {
        var never = new CountDownLatch(1);
        vendor.answers(exchange -> hold(never));
        ModelFailure failure =
                Asking.fails(models.idleTimeout(Duration.ofMillis(200)).model("openai:small"));
        never.countDown();

        assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
        assertThat(failure)
                .hasMessageContaining("no answer for PT0.2S. A proxy that holds the stream back")
                .hasMessageContaining("longer idle timeout");
    }

    @Test
    void silenceWithinTheAnswerEnds() throws InterruptedException {
        var never = new CountDownLatch(1);
        vendor.answers(exchange -> {
            exchange.getResponseHeaders().add("content-type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(FakeVendor.event(PIECE));
            exchange.getResponseBody().flush();
            hold(never);
        });
        ModelFailure failure =
                Asking.fails(models.idleTimeout(Duration.ofSeconds(2)).model("openai:small"));
        never.countDown();

        assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
        assertThat(failure).hasMessageContaining("nothing came for PT2S in the middle of the answer");
    }

    @Test
    void anAnswerThatTricklesForeverEnds() throws InterruptedException {
        vendor.answers(exchange -> {
            exchange.getResponseHeaders().add("content-type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            while (true) {
                exchange.getResponseBody().write(": still here\n\n".getBytes(StandardCharsets.UTF_8));
                exchange.getResponseBody().flush();
            }
        });
        ModelFailure failure =
                Asking.fails(models.timeout(Duration.ofMillis(300)).model("openai:small"));

        assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
        assertThat(failure).hasMessageContaining("not complete after PT0.3S. Set a longer timeout");
    }

    private static void hold(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void anAnswerWithoutEndIsBounded() throws InterruptedException {
        String[] many = new String[2_000];
        Arrays.fill(many, PIECE);
        vendor.answers(FakeVendor.events(many));
        ModelFailure failure = Asking.fails(models.maxAnswerBytes(50_000).model("openai:small"));

        assertThat(failure.kind()).isEqualTo(Kind.OTHER);
        assertThat(failure).hasMessageContaining("longer than 50000 bytes. Set a higher bound");
    }

    @Test
    void anAddressWhereNobodyListensSaysWhatToDo() throws Exception {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        ModelFailure failure = Asking.fails(
                VendorModels.of(Map.of("OLLAMA_HOST", "127.0.0.1:" + port)).model("ollama:qwen3"));

        assertThat(failure.kind()).isEqualTo(Kind.NETWORK);
        assertThat(failure)
                .hasMessage("ollama:qwen3: nobody listens at http://127.0.0.1:" + port + ". Start it: ollama serve");
    }

    @Test
    void aNameWithoutAddressIsNamed() throws InterruptedException {
        ModelFailure failure =
                Asking.fails(models.baseUrl("http://no-such-host.invalid/v1").model("openai:small"));

        assertThat(failure.kind()).isEqualTo(Kind.NETWORK);
        assertThat(failure).hasMessageContaining("the name no-such-host.invalid has no address");
    }

    @Test
    void tlsWhereThereIsNoneIsNamed() throws Exception {
        try (var socket = new ServerSocket(0)) {
            Thread server = Thread.ofVirtual().start(() -> say(socket, "HTTP/1.1 400 Bad Request\r\n\r\n"));
            ModelFailure failure = Asking.fails(
                    models.baseUrl("https://127.0.0.1:" + socket.getLocalPort()).model("openai:small"));

            assertThat(failure.kind()).isEqualTo(Kind.NETWORK);
            assertThat(failure).hasMessageContaining("no TLS with 127.0.0.1").hasMessageContaining("need http:");
            server.join();
        }
    }

    @Test
    void aCertificateThatNobodyTrustsIsNamed(@TempDir Path folder) throws Exception {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(ownCertificate(folder.resolve("keys.p12"))));
        server.start();
        try {
            ModelFailure failure = Asking.fails(
                    models.baseUrl("https://127.0.0.1:" + server.getAddress().getPort())
                            .model("openai:small"));

            assertThat(failure.kind()).isEqualTo(Kind.NETWORK);
            assertThat(failure)
                    .hasMessageContaining("the certificate of 127.0.0.1 is not trusted")
                    .hasMessageContaining("-Djavax.net.ssl.trustStore");
        } finally {
            server.stop(0);
        }
    }

    /** Of a certificate that was made a moment ago. */
    private static SSLContext ownCertificate(Path file) throws Exception {
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Process made = new ProcessBuilder(
                        keytool,
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "own",
                        "-dname",
                        "CN=localhost",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(made.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance(file.toFile(), "changeit".toCharArray());
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "changeit".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    @Test
    void anAnswerThatAProxyHeldBackUntilItWasWholeIsStillOne() throws InterruptedException {
        vendor.answers(FakeVendor.of(
                200,
                "text/event-stream",
                "data: " + PIECE + "\r\n\r\n: a comment\r\n\r\ndata: "
                        + "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\r\n\r\ndata: [DONE]\r\n\r\n"));

        assertThat(Asking.ask(models.model("openai:small"), Message.user("Hi")).shown())
                .isEqualTo("Hello");
    }

    @Test
    void aConnectionThatStaysOpenAfterTheAnswerIsNotWaitedFor() throws InterruptedException {
        var never = new CountDownLatch(1);
        vendor.answers(exchange -> {
            exchange.getResponseHeaders().add("content-type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(FakeVendor.event(PIECE));
            exchange.getResponseBody().write(FakeVendor.event("[DONE]"));
            exchange.getResponseBody().flush();
            hold(never);
        });

        assertThat(Asking.ask(models.model("openai:small"), Message.user("Hi")).shown())
                .isEqualTo("Hello");
        never.countDown();
    }

    @Test
    void noKeyIsEverPrinted() throws InterruptedException {
        ModelFailure failure = fails(FakeVendor.of(
                401,
                "application/json",
                "{\"error\":{\"message\":\"Wrong key " + KEY + ", sent as Bearer " + KEY
                        + "; see x-api-key: abcdef\"}}"));
        var trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace, true));

        assertThat(trace.toString())
                .contains("Wrong key [hidden], sent as Bearer [hidden]; see x-api-key: [hidden]")
                .doesNotContain("verysecret")
                .doesNotContain("abcdef");
        assertThat(models.model("openai:small").toString()).doesNotContain("verysecret");
    }
}
