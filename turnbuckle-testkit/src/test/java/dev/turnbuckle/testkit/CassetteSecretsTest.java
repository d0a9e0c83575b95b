package dev.turnbuckle.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelEvent.Completed;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.tool.EffectClass;
import dev.turnbuckle.tool.ToolSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CassetteSecretsTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void place() {
        file = folder.resolve("cassette.json");
    }

    /** Says the same secret in everything that an answer holds. */
    private record Talkative(String secret) implements Model {
        @Override
        public ModelSpec spec() {
            return ModelSpec.named("real");
        }

        @Override
        public void stream(ModelRequest request, Consumer<ModelEvent> events) {
            events.accept(new ModelEvent.TextDelta("draft " + secret.substring(0, secret.length() / 2)));
            events.accept(new ModelEvent.TextDelta(secret.substring(secret.length() / 2)));
            events.accept(new Completed(
                    List.of(
                            new Part.Text("text " + secret),
                            new Part.Reasoning("thought " + secret, "signed " + secret),
                            new Part.ToolCall("id", "log_in", "{\"with\":\"" + secret + "\"}"),
                            new Part.Opaque("vendor", "[\"" + secret + "\"]")),
                    Usage.NONE,
                    "stop"));
        }
    }

    private static ModelRequest request(String secret) {
        return new ModelRequest(
                new ModelSpec("real", Map.of("header", secret)),
                List.of("The system says " + secret),
                List.of(
                        Message.user("I say " + secret),
                        Message.of(
                                Message.Role.ASSISTANT,
                                List.of(new Part.ToolCall("id", "log_in", "{\"with\":\"" + secret + "\"}"))),
                        Message.of(
                                Message.Role.TOOL, List.of(new Part.ToolResult("id", "log_in", "as " + secret, true)))),
                List.of(ToolSpec.of("log_in", "with " + secret, "{\"title\":\"" + secret + "\"}", EffectClass.READ)),
                "{\"const\":\"" + secret + "\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sk-0123456789abcdefghijABCDEFGHIJ",
                "sk-proj-0123456789_abcdefghij-ABCDEFGHIJ",
                "sk-ant-api03-0123456789abcdefghijABCDEFGHIJ-AA",
                "sk-or-v1-0123456789abcdef0123456789abcdef",
                "AIzaSyA0123456789abcdefghijABCDEFGHIJ-_",
                "ya29.0123456789abcdefghijABCDEFGHIJ",
                "xai-0123456789abcdefghijABCDEFGHIJ",
                "gsk_0123456789abcdefghijABCDEFGHIJ",
                "pplx-0123456789abcdefghijABCDEFGHIJ",
                "nvapi-0123456789abcdefghijABCDEFGHIJ",
                "hf_0123456789abcdefghijABCDEFGHIJ",
                "r8_0123456789abcdefghijABCDEFGHIJ",
                "ghp_0123456789abcdefghijABCDEFGHIJ",
                "github_pat_0123456789abcdefghijABCDEFGHIJ",
                "glpat-0123456789abcdefghij",
                "AKIA0123456789ABCDEF",
                "xoxb-0123456789-abcdefghij",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
                "-----BEGIN RSA PRIVATE KEY-----MIIEpAIBAAKCAQEA-----END RSA PRIVATE KEY-----"
            })
    void keysReachNeitherTheFileNorWhatIsReplayed(String secret) throws Exception {
        hidden(secret, secret);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Authorization: Bearer 0123456789abcdef | 0123456789abcdef
            authorization: Basic dXNlcjpwYXNz | dXNlcjpwYXNz
            Proxy-Authorization: 0123456789abcdef | 0123456789abcdef
            bearer 0123456789abcdef | 0123456789abcdef
            x-api-key: 0123456789abcdef | 0123456789abcdef
            X-Goog-Api-Key=0123456789abcdef | 0123456789abcdef
            api_key=0123456789abcdef | 0123456789abcdef
            """)
    void headersReachNeitherTheFileNorWhatIsReplayed(String header, String secret) throws Exception {
        hidden(header, secret);
    }

    @ParameterizedTest
    @CsvSource({"apiKey,0123456789abcdef", "x-api-key,0123456789abcdef", "Authorization,Basic dXNlcjpwYXNz"})
    void aParameterWhoseNameSaysThatItIsASecretIsHidden(String name, String secret) throws Exception {
        var asked = new ModelRequest(
                new ModelSpec("real", Map.of(name, secret, "temperature", "0.125")),
                List.of(),
                List.of(Message.user("Hello")),
                List.of(),
                null);
        Cassette.at(file).recording(new Talkative("something")).stream(asked, event -> {});
        String value = secret.substring(secret.indexOf(' ') + 1);
        assertThat(Files.readString(file)).doesNotContain(value).contains("[secret]", "0.125");

        var events = new ArrayList<ModelEvent>();
        Cassette.at(file).replay().stream(asked, events::add);
        assertThat(events.getLast()).isInstanceOf(Completed.class);
    }

    private void hidden(String said, String secret) throws Exception {
        Cassette.at(file).recording(new Talkative(said)).stream(request(said), event -> {});
        assertThat(Files.readString(file)).doesNotContain(secret).contains("[secret]");

        var events = new ArrayList<ModelEvent>();
        Cassette.at(file).replay().stream(request(said), events::add);
        assertThat(events.toString()).doesNotContain(secret);
        assertThat(((Completed) events.getLast()).parts()).hasSize(4);

        var other = new ModelRequest(ModelSpec.named("real"), List.of(said), List.of(), List.of(), null);
        assertThatThrownBy(() -> Cassette.at(file).replay().stream(other, events::add))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(secret));
    }

    @Test
    void headersInsideOfJsonAreFoundToo() throws Exception {
        for (String said : List.of(
                "{\"headers\":{\"Authorization\":\"Bearer 0123456789abcdef\"}}",
                "{\"body\":\"{\\\"api_key\\\": \\\"0123456789abcdef\\\"}\"}")) {
            var request = new ModelRequest(
                    ModelSpec.named("real"),
                    List.of(),
                    List.of(Message.of(Message.Role.TOOL, List.of(new Part.ToolResult("id", "fetch", said, false)))),
                    List.of(),
                    null);
            Cassette.at(file).recording(new Talkative("nothing")).stream(request, event -> {});
            assertThat(Files.readString(file))
                    .doesNotContain("0123456789abcdef")
                    .contains("[secret]");
            Cassette.at(file).replay().stream(request, event -> {});
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sk-learn and skiing are no keys",
                "an api key is needed, authorization is not",
                "the bearer of this letter",
                "a digest 0123456789abcdef0123456789abcdef",
                "hf_model, gsk_test"
            })
    void ordinaryWordsStay(String text) {
        assertThat(Secrets.KNOWN.hide(text)).isEqualTo(text);
    }

    @Test
    void otherKeysAreTheSameRequestSoAnyKeyWillDoForAReplay() throws Exception {
        Cassette.at(file).recording(new Talkative("nothing")).stream(
                request("sk-0123456789abcdefghijABCDEFGHIJ"), event -> {});
        Cassette.at(file).replay().stream(request("sk-zyxwvutsrqponmlkjihgfedcba"), event -> {});
    }

    @Test
    void patternsOfOnesOwnHideToo() throws Exception {
        Cassette cassette = Cassette.at(file).secret("cust-[0-9]+").replacing("on [0-9-]{10}", "on some day");
        cassette.recording(new Talkative("cust-4711")).stream(request("cust-42 on 2026-11-20"), event -> {});
        assertThat(Files.readString(file))
                .doesNotContain("4711", "cust-42", "2026")
                .contains("I say [secret] on some day", "text [secret]");
        cassette.replay().stream(request("cust-43 on 2027-01-01"), event -> {});
    }

    @Test
    void aPatternThatWasAddedLaterStillFindsWhatWasRecordedBefore() throws Exception {
        Cassette.at(file).recording(new Talkative("nothing")).stream(request("cust-42"), event -> {});
        Cassette.at(file).secret("cust-[0-9]+").replay().stream(request("cust-42"), event -> {});
    }

    @Test
    void whatCannotBeAPatternIsRefused() {
        assertThatThrownBy(() -> Cassette.at(file).secret("cust-[0-9"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("\"cust-[0-9\" is no regular expression: Unclosed character class near index 8");
        assertThatThrownBy(() -> Cassette.at(file).replacing("a", "aa"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "\"aa\" in the place of what matches \"a\" would be replaced again and again; choose one that "
                                + "is not changed by its own pattern");
    }

    @Test
    void aDollarInAReplacementIsADollar() throws IOException, InterruptedException {
        Cassette.at(file).replacing("[0-9]+ EUR", "$1 paid").recording(new Talkative("nothing")).stream(
                request("it costs 100 EUR"), event -> {});
        assertThat(Files.readString(file)).contains("I say it costs $1 paid");
    }
}
