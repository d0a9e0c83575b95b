package dev.turnbuckle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.jdbc.SqliteStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunTest {
    @TempDir
    private Path folder;

    private Path database;

    @BeforeEach
    void names() {
        database = folder.resolve("agents.db");
    }

    private Path script(String json) throws IOException {
        return Files.writeString(folder.resolve("script.json"), json);
    }

    @Test
    void theSessionIsFirstAndTheAnswerIsLast() throws IOException {
        Path script = script("""
                {"tools": [{"name": "weather", "effect": "READ", "returns": "rain"}],
                 "steps": [{"call": {"tool": "weather"}}, {"say": "Take an umbrella."}]}""");

        Shell shell = Shell.run("run", "-p", "Hi", "--session", "s", "--db", database, "--script", script);

        assertThat(shell.status()).isZero();
        assertThat(shell.lines().getFirst()).isEqualTo("session s");
        assertThat(shell.lines().get(1)).contains("weather", "performed", "rain");
        assertThat(shell.lines().getLast()).isEqualTo("Take an umbrella.");
        assertThat(shell.err()).isEmpty();
    }

    @Test
    void everyLineOfJsonParsesAndTheResultIsLast() throws IOException {
        Shell shell = Shell.run(
                "run",
                "-p",
                "Hi",
                "--db",
                database,
                "--json",
                "--script",
                script("{\"steps\": [{\"say\": \"Hello you.\"}]}"));

        assertThat(shell.json().getFirst().path("type").asString()).isEqualTo("session");
        assertThat(shell.json()).extracting(j -> j.path("type").asString()).contains("text_delta", "turn_ended");
        assertThat(shell.json().getLast().path("type").asString()).isEqualTo("result");
        assertThat(shell.json().getLast().path("text").asString()).isEqualTo("Hello you.");
        assertThat(shell.json().getLast().path("exit").asInt()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1 | failed           | 9 | {"steps": [{"fail": "AUTH", "message": "no key"}]}
            3 | budget_exhausted | 1 | {"tools": [{"name": "t", "effect": "READ"}], "steps": [{"call": {"tool": "t"}}, {"say": "x"}]}
            4 | suspended        | 9 | {"tools": [{"name": "t", "effect": "ONCE", "approval": true}], "steps": [{"call": {"tool": "t"}}]}
            """)
    void theStatusTellsHowTheTurnEnded(int status, String how, int calls, String json) throws IOException {
        Shell shell = Shell.run(
                "run", "-p", "Hi", "--json", "--max-calls", calls, "--db", database, "--script", script(json));

        assertThat(shell.status()).isEqualTo(status);
        assertThat(shell.json().getLast().path("status").asString()).isEqualTo(how);
        assertThat(shell.json().getLast().path("exit").asInt()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            not JSON                                             | line
            {}                                                   | /steps
            {"steps": [{"shout": "Hi"}]}                         | /steps/0/shout
            {"tools": [{"name": "t"}], "steps": [{"say": "x"}]}  | /tools/0/effect
            {"tools": {}, "steps": [{"say": "x"}]}               | /tools
            """)
    void aWrongScriptIsNamedWithThePlace(String json, String place) throws IOException {
        Shell shell = Shell.run("run", "-p", "Hi", "--db", database, "--script", script(json));

        assertThat(shell.status()).isEqualTo(2);
        assertThat(shell.complaint()).contains("script.json", place);
        assertThat(database).doesNotExist();
    }

    @Test
    void aMissingScriptIsNamed() {
        Shell shell = Shell.run("run", "-p", "Hi", "--db", database, "--script", folder.resolve("none.json"));

        assertThat(shell.status()).isEqualTo(2);
        assertThat(shell.complaint()).contains("none.json");
    }

    @Test
    void aSessionOfAnotherAgentIsRefusedBeforeAnythingIsSent() throws IOException {
        Path script = script("{\"steps\": [{\"say\": \"Hi\"}]}");
        try (var turnbuckle = dev.turnbuckle.Turnbuckle.builder()
                .storage(SqliteStorage.at(database))
                .remoteAgent("shop")
                .build()) {
            turnbuckle.session("s", "shop").send("Hello");
        }

        Shell shell = Shell.run("run", "-p", "Hi", "--session", "s", "--db", database, "--script", script);

        assertThat(shell.status()).isEqualTo(2);
        assertThat(shell.complaint()).contains("shop", "--session");
    }

    @Test
    void aSessionIdThatIsNoneIsRefused() throws IOException {
        Shell shell = Shell.run(
                "run",
                "-p",
                "Hi",
                "--session",
                "x".repeat(600),
                "--db",
                database,
                "--script",
                script("{\"steps\": [{\"say\": \"Hi\"}]}"));

        assertThat(shell.status()).isEqualTo(2);
        assertThat(shell.complaint()).contains("512");
    }
}
