package dev.turnbuckle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Models of vendors on the command line, over HTTP to a server of this test's. */
@Timeout(60)
class VendorModelsTest {
    private static final String KEY = "sk-very-secret-4711";
    private static final Map<String, String> WITH_KEY = Map.of("OPENAI_API_KEY", KEY);

    @TempDir
    private Path folder;

    private Shell run(Map<String, String> environment, Object... more) {
        var arguments = new java.util.ArrayList<Object>(
                java.util.List.of("run", "-p", "Hi", "--db", folder.resolve("agents.db")));
        arguments.addAll(java.util.List.of(more));
        return Shell.with(environment, arguments.toArray());
    }

    @Test
    void aModelOfAVendorAnswers() throws IOException {
        try (var server = VendorServer.saying("Hello ", "there.")) {
            Shell shell = run(WITH_KEY, "--model", "openai:some-model", "--base-url", server.url());

            assertThat(shell.status()).as(shell.err()).isZero();
            assertThat(shell.lines().getLast()).isEqualTo("Hello there.");
            assertThat(server.asked()).hasSize(1);
            assertThat(server.asked().getFirst()).startsWith("Bearer " + KEY).contains("some-model", "Hi");
        }
    }

    @Test
    void theModelMayBeNamedByAVariableAndParametersAreSent() throws IOException {
        try (var server = VendorServer.saying("Yes.")) {
            var environment = Map.of("TURNBUCKLE_MODEL", "openai:m", "OPENAI_BASE_URL", server.url());
            Shell shell =
                    run(environment, "--set", "temperature=0.25", "--instructions", "Be brief.", "--tools", "time");

            assertThat(shell.status()).as(shell.err()).isZero();
            assertThat(server.asked().getFirst()).contains("0.25", "Be brief.", "\"time\"");
        }
    }

    @Test
    void jsonLinesTellTokensAndTheEnd() throws IOException {
        try (var server = VendorServer.saying("Yes.")) {
            Shell shell = run(Map.of(), "--json", "--model", "openai:m", "--base-url", server.url());

            assertThat(shell.json()).extracting(j -> j.path("type").asString()).contains("session", "text_delta");
            JsonNode last = shell.json().getLast();
            assertThat(last.path("type").asString()).isEqualTo("result");
            assertThat(last.path("text").asString()).isEqualTo("Yes.");
            assertThat(shell.out()).contains("\"input\":12", "\"output\":4");
        }
    }

    @Test
    void theNextModelOfAChainAnswersWhenTheFirstCannot() throws IOException {
        try (var server = VendorServer.saying("I stand in.")) {
            var environment =
                    Map.of("OPENAI_BASE_URL", server.url(), "ANTHROPIC_API_KEY", "none", "ANTHROPIC_BASE_URL", dead());
            Shell shell = run(environment, "--json", "--model", "anthropic:a, openai:b");

            assertThat(shell.status()).as(shell.out()).isZero();
            assertThat(shell.json().getLast().path("text").asString()).isEqualTo("I stand in.");
            assertThat(shell.json())
                    .filteredOn(j -> j.path("type").asString().equals("model_started"))
                    .extracting(j -> j.path("model").asString())
                    .contains("anthropic:a", "openai:b");
        }
    }

    /** An address where nobody listens. */
    private static String dead() throws IOException {
        try (var socket = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            return "http://127.0.0.1:" + socket.getLocalPort();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            openai:m      | OPENAI_API_KEY
            anthropic:m   | ANTHROPIC_API_KEY
            gemini:m      | GEMINI_API_KEY
            opnai:m       | openai:
            gpt-5         | openai:
            openai:       | openai:gpt-5-mini
            openai:m,     | openai:
            """)
    void whatIsWrongWithANameIsOneLineWithTheRemedy(String model, String remedy) {
        Map<String, String> environment = model.startsWith("openai:m,") ? WITH_KEY : Map.of();
        Shell shell = run(environment, "--model", model);

        assertThat(shell.status()).isEqualTo(2);
        assertThat(shell.complaint().lines()).hasSize(1);
        assertThat(shell.complaint()).contains(remedy).doesNotContain("Exception");
        assertThat(folder.resolve("agents.db")).doesNotExist();
    }

    @Test
    void aToolThatIsNoneIsNamedWithThoseThatAre() {
        Shell shell = run(Map.of(), "--model", "ollama:m", "--tools", "time,hammer");

        assertThat(shell.status()).isEqualTo(2);
        assertThat(shell.complaint()).contains("hammer", "calculator", "write_file");
    }

    @Test
    void withoutANameAndAKeyTheVariablesAreNamed() {
        Shell shell = run(Map.of());

        assertThat(shell.status()).isEqualTo(2);
        assertThat(shell.complaint()).contains("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "--model");
    }

    @ParameterizedTest
    @CsvSource({"not a url", "ftp://example.test", "''"})
    void aWrongAddressIsNamed(String url) {
        Shell shell = run(WITH_KEY, "--model", "openai:m", "--base-url", url);

        assertThat(shell.status()).isEqualTo(2);
        assertThat(shell.complaint().lines()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            401 | {"error":{"message":"Incorrect API key provided: sk-very-secret-4711","code":"invalid_api_key"}} | model_auth
            400 | {"error":{"message":"no such field"}}                                                           | model_bad_request
            200 | <html><body>Welcome</body></html>                                                              | model_
            """)
    void aKeyIsNeverShownWhateverTheServerAnswers(int status, String body, String code) throws IOException {
        String type = body.startsWith("<") ? "text/html" : "application/json";
        try (var server = VendorServer.answering(status, type, body)) {
            String url = server.url();
            Shell plain = run(WITH_KEY, "--verbose", "--model", "openai:m", "--base-url", url);
            Shell json = run(WITH_KEY, "--verbose", "--json", "--model", "openai:m", "--base-url", url);
            Shell check = Shell.with(WITH_KEY, "models", "--json", "--check", "openai:m", "--base-url", url);

            assertThat(plain.status()).isEqualTo(1);
            assertThat(plain.out()).contains(code);
            assertThat(check.status()).isEqualTo(1);
            assertThat(plain.out() + plain.err() + json.out() + json.err() + check.out() + check.err())
                    .doesNotContain(KEY);
        }
    }

    @Test
    void aTokenBudgetEndsTheRunWithStatusThree() throws IOException {
        String call = """
                data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","tool_calls":[{"index":0,"id":"x","type":"function","function":{"name":"time","arguments":"{}"}}]}}]}

                data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

                data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":12,"completion_tokens":4,"total_tokens":16}}

                data: [DONE]

                """;
        try (var server = VendorServer.answering(200, "text/event-stream", call)) {
            Shell shell = run(
                    WITH_KEY,
                    "--json",
                    "--max-tokens",
                    20,
                    "--tools",
                    "all",
                    "--model",
                    "openai:m",
                    "--base-url",
                    server.url());

            assertThat(shell.status()).isEqualTo(3);
            assertThat(shell.json().getLast().path("bound").asString()).contains("20");
        }
    }

    @Test
    void vendorsAreListedWithTheVariablesThatAreSetAndNotWithTheirValues() {
        Shell shell = Shell.with(Map.of("ANTHROPIC_API_KEY", KEY), "models");

        assertThat(shell.status()).isZero();
        assertThat(shell.out())
                .contains("ready  anthropic:", "ANTHROPIC_API_KEY is set", "set OPENAI_API_KEY", "ollama:")
                .doesNotContain(KEY);
        assertThat(shell.lines()).allMatch(line -> line.length() <= 80);
    }

    @Test
    void theListIsJsonForPrograms() {
        Shell shell = Shell.with(WITH_KEY, "models", "--json");

        assertThat(shell.json())
                .filteredOn(j -> j.path("prefix").asString().equals("openai"))
                .singleElement()
                .matches(j -> j.path("ready").asBoolean())
                .matches(j -> j.path("keyVariable").asString().equals("OPENAI_API_KEY"));
        assertThat(shell.out()).doesNotContain(KEY);
    }

    @Test
    void aCheckTellsHowLongAnAnswerTook() throws IOException {
        try (var server = VendorServer.saying("ok")) {
            Shell shell = Shell.with(Map.of(), "models", "--check", "openai:m", "--base-url", server.url());

            assertThat(shell.status()).as(shell.out()).isZero();
            assertThat(shell.out()).containsPattern("ok   openai:m  \\d+\\.\\d\\d s  answered: 16 tokens");
        }
    }

    @Test
    void aCheckOfAVendorWithoutAKeySaysWhichVariable() {
        Shell shell = Shell.with(Map.of(), "models", "--check", "anthropic:m");

        assertThat(shell.status()).isEqualTo(1);
        assertThat(shell.out()).contains("BAD", "ANTHROPIC_API_KEY");
    }

    @Test
    void aCheckWithNothingToCheckIsWrongUsage() {
        assertThat(Shell.with(Map.of(), "models", "--check").status()).isEqualTo(2);
        assertThat(Shell.with(Map.of(), "models", "openai:m").complaint()).contains("--check");
    }
}
