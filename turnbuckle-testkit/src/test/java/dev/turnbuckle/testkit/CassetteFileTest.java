package dev.turnbuckle.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelEvent.Completed;
import dev.turnbuckle.model.ModelFailure;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad cassettes, hand-edited ones, and that nothing is lost on the way through the file. */
class CassetteFileTest {
    private static final String GOOD = """
            {
              "cassette": 1,
              "calls": [
                {
                  "request": {"model": "m", "messages": [{"role": "user", "text": "Hello"}]},
                  "answer": {"parts": [{"text": "Hi."}], "finish": "stop"}
                },
                {
                  "request": {
                    "after": 1,
                    "messages": ["answer", {"role": "user", "text": ["More ", "of it"]}]
                  },
                  "answer": {"failure": "TIMEOUT", "message": "late", "retryAfter": "PT2S"}
                }
              ]
            }
            """;

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void place() {
        file = folder.resolve("cassette.json");
    }

    private ReplayModel replay(String text) throws IOException {
        Files.writeString(file, text);
        return Cassette.at(file).replay();
    }

    private static ModelRequest request(Message... messages) {
        return new ModelRequest(ModelSpec.named("m"), List.of(), List.of(messages), List.of(), null);
    }

    @Test
    void aCassetteMayBeWrittenByHand() throws Exception {
        ReplayModel model = replay(GOOD);
        var events = new ArrayList<ModelEvent>();
        model.stream(request(Message.user("Hello")), events::add);
        assertThat(events)
                .containsExactly(
                        new ModelEvent.TextDelta("Hi."),
                        new Completed(List.of(new Part.Text("Hi.")), Usage.NONE, "stop"));
        Message answer = Message.of(Message.Role.ASSISTANT, List.of(new Part.Text("Hi.")));
        assertThatThrownBy(() ->
                        model.stream(request(Message.user("Hello"), answer, Message.user("More of it")), events::add))
                .isInstanceOfSatisfying(ModelFailure.class, f -> {
                    assertThat(f.kind()).isEqualTo(ModelFailure.Kind.TIMEOUT);
                    assertThat(f).hasMessage("late");
                    assertThat(f.retryAfter()).isEqualTo(Duration.ofSeconds(2));
                });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            `"cassette": 1,`       | `"cassette": 2,`          | line 2: /cassette is format 2, and this testkit reads 1: use the testkit that wrote it; mend it, or
            `"cassette": 1,`       | ``                        | line 1: /cassette is missing
            `"cassette": 1,`       | `"cassette": "1",`        | line 2: /cassette must be a whole number
            `"calls": [`           | `"cals": [`               | line 3: /cals is unknown; here may stand cassette, calls
            `"model": "m", `       | ``                        | line 5: /calls/0/request/model is missing
            `"model": "m"`         | `"model": 7`              | line 5: /calls/0/request/model must be text
            `"role": "user", "text": "Hello"` | `"role": "usr", "text": "Hello"` | line 5: /calls/0/request/messages/0/role is "usr", not one of [USER, ASSISTANT, TOOL, RUNTIME]
            `"text": "Hello"`      | `"txet": "Hello"`         | line 5: /calls/0/request/messages/0/txet is unknown
            `"text": "Hello"`      | `"text": "Hello", "parts": []` | line 5: /calls/0/request/messages/0 must have either "text" or "parts"
            `{"text": "Hi."}`      | `{}`                      | line 6: /calls/0/answer/parts/0 must be a part
            `{"text": "Hi."}`      | `{"text": ["Hi", 1]}`     | line 6: /calls/0/answer/parts/0/text/1 must be text, a piece of a longer one
            `, "finish": "stop"`   | ``                        | line 6: /calls/0/answer/finish is missing
            `"finish": "stop"`     | `"finish": "stop", "usage": {"input": -1}` | line 6: /calls/0/answer/usage/input must be a whole number from 0 on
            `"after": 1`           | `"after": 2`              | line 10: /calls/1/request/after is 2, but there are 1 calls before this one
            `"after": 1`           | `"like": 1`               | line 11: /calls/1/request/messages/0 must be a message; the word "answer" may stand first
            `"after": 1`           | `"after": 1, "like": 1`   | line 9: /calls/1/request has "after" and "like"
            `"answer", {`          | `"anwser", {`             | line 11: /calls/1/request/messages/0 must be a message
            `"failure": "TIMEOUT"` | `"failure": "TIRED"`      | line 13: /calls/1/answer/failure is "TIRED", not one of [RATE_LIMIT
            `"failure": "TIMEOUT", ` | ``                      | line 13: /calls/1/answer/message is unknown
            `"retryAfter": "PT2S"` | `"retryAfter": "2s"`      | line 13: /calls/1/answer/retryAfter is "2s", not a duration such as "PT1.5S"
            """)
    void aSlipOfThePenIsRefusedByFileAndLine(String before, String after, String message) throws IOException {
        assertThat(GOOD).contains(before);
        assertThatThrownBy(() -> replay(GOOD.replace(before, after == null ? "" : after)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("the cassette " + file + " is wrong in " + message)
                .hasMessageEndingWith(
                        "mend it, or delete it, or set TURNBUCKLE_CASSETTES=record, and run against the real model");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            `  "calls": [`  | `<<<<<<< HEAD` | is not JSON, line 3 (
            `"finish"`      | `"parts"`      | is not JSON, line 6 (Duplicate
            `"Hi."`         | `"Hi.`         | is not JSON, line 6 (
            """)
    void whatIsNotJsonIsRefusedByLine(String before, String after, String message) {
        assertThatThrownBy(() -> replay(GOOD.replace(before, after)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("it was cut off or edited wrongly; mend that line, or delete it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "null", "7", "\"cassette\"", "\0\0\0\0", "not a cassette"})
    void garbageIsRefused(String text) {
        assertThatThrownBy(() -> replay(text))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("the cassette " + file);
    }

    @Test
    void bytesThatAreNoTextAreRefused() throws IOException {
        Files.write(file, new byte[] {'{', (byte) 0xff, (byte) 0xfe, '}'});
        assertThatThrownBy(() -> Cassette.at(file).replay())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("is not UTF-8 text, so it is no cassette or was damaged");
    }

    @Test
    void aCassetteWithoutCallsIsRefused() {
        assertThatThrownBy(() -> replay("{\"cassette\": 1, \"calls\": []}"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("line 1: /calls has no calls");
    }

    @Test
    void aFolderIsNoCassette() {
        assertThatThrownBy(() -> Cassette.at(folder).replay())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("the cassette " + folder + " cannot be read");
    }

    @Test
    void wherever_itIsCutOffItIsRefused() {
        for (int end = 0; end < GOOD.stripTrailing().length(); end++) {
            String cut = GOOD.substring(0, end);
            assertThatThrownBy(() -> replay(cut)).as(cut).isInstanceOf(InvalidInputException.class);
        }
    }

    // ---- nothing is lost on the way

    private static final List<String> TEXTS = List.of(
            "",
            "word",
            "two words",
            "a line\nanother\n",
            "\n\n",
            "tabs\tand \\ \"quotes\" \u0001",
            "Grüße, 世界, \uD83D\uDE00",
            "long ".repeat(60),
            "x".repeat(250),
            "\uD83D\uDE00".repeat(90),
            "{\"a\":1,\"b\":[true,null]}",
            "{ \"a\" : 1 }",
            "{\"a\":1.0,\"a\":2}",
            "{\"a\":1e400}",
            "[1,2]",
            "{not json",
            "{\"n\":12345678901234567890123}");

    private record Scripted(Map<ModelRequest, Completed> answers) implements Model {
        @Override
        public ModelSpec spec() {
            return ModelSpec.named("m");
        }

        @Override
        public void stream(ModelRequest request, Consumer<ModelEvent> events) {
            events.accept(answers.get(request));
        }
    }

    @Test
    void everyRequestFindsItsAnswerAgainAndTheAnswerIsTheSame() throws Exception {
        for (int seed = 0; seed < 25; seed++) {
            var random = new Random(seed);
            var answers = new java.util.LinkedHashMap<ModelRequest, Completed>();
            for (int i = 0; i < 12; i++) {
                answers.putIfAbsent(request(random, answers), completed(random));
            }
            Path own = folder.resolve("seed-" + seed + ".json");
            Model recording = Cassette.at(own).recording(new Scripted(answers));
            for (ModelRequest request : answers.keySet()) {
                recording.stream(request, event -> {});
            }
            ReplayModel replay = Cassette.at(own).replay(ModelSpec.named("m"));
            for (var call : answers.entrySet()) {
                var events = new ArrayList<ModelEvent>();
                replay.stream(call.getKey(), events::add);
                assertThat(events).as("seed " + seed).containsExactly(call.getValue());
            }
        }
    }

    private static ModelRequest request(Random random, Map<ModelRequest, Completed> before) {
        var messages = new ArrayList<Message>();
        if (!before.isEmpty() && random.nextInt(4) > 0) { // it goes on where an earlier one stood
            var earlier = List.copyOf(before.entrySet()).get(random.nextInt(before.size()));
            messages.addAll(earlier.getKey().messages());
            if (random.nextBoolean()) {
                messages.add(
                        Message.of(Message.Role.ASSISTANT, earlier.getValue().parts()));
            }
        }
        for (int i = random.nextInt(3); i >= 0; i--) {
            messages.add(new Message(Message.Role.values()[random.nextInt(4)], parts(random), random.nextInt(4) == 0));
        }
        return new ModelRequest(
                random.nextBoolean()
                        ? ModelSpec.named(random.nextBoolean() ? "m" : "n")
                        : new ModelSpec("m", Map.of("temperature", "0." + random.nextInt(2), "b", "1")),
                random.nextBoolean() ? List.of() : List.of(text(random), text(random)),
                messages,
                random.nextBoolean()
                        ? List.of()
                        : List.of(
                                ToolSpec.of("tool_" + random.nextInt(2), text(random), text(random), EffectClass.READ)),
                random.nextBoolean() ? null : text(random));
    }

    private static String text(Random random) {
        return TEXTS.get(random.nextInt(TEXTS.size()));
    }

    private static Completed completed(Random random) {
        Usage usage = random.nextBoolean() ? Usage.NONE : new Usage(1L, null, 2L, (long) random.nextInt(), null);
        return new Completed(
                parts(random), usage.output() != null && usage.output() < 0 ? Usage.NONE : usage, text(random));
    }

    private static List<Part> parts(Random random) {
        var parts = new ArrayList<Part>();
        for (int i = random.nextInt(4); i > 0; i--) {
            parts.add(
                    switch (random.nextInt(6)) {
                        case 0 -> new Part.Text(text(random));
                        case 1 -> new Part.Reasoning(text(random), random.nextBoolean() ? null : text(random));
                        case 2 -> new Part.ToolCall(text(random), text(random), text(random));
                        case 3 -> new Part.ToolResult(text(random), text(random), text(random), random.nextBoolean());
                        case 4 ->
                            new Part.AttachmentRef(
                                    "ab" + random.nextInt(9), "image/png", random.nextInt(99), text(random));
                        default -> new Part.Opaque("vendor", text(random));
                    });
        }
        return parts;
    }

    @Test
    void aLongTextIsCutBehindLineBreaksAndSpacesAndNeverInsideACharacter() {
        assertThat(CassetteJson.lines("one\ntwo\n\nthree")).containsExactly("one\n", "two\n", "\n", "three");
        assertThat(CassetteJson.lines("")).containsExactly("");
        assertThat(CassetteJson.lines("a\n")).containsExactly("a\n");
        List<String> words = CassetteJson.lines("12345 789 ".repeat(11) + "end");
        assertThat(words).containsExactly("12345 789 ".repeat(10), "12345 789 end");
        List<String> smileys = CassetteJson.lines("x" + "\uD83D\uDE00".repeat(60));
        assertThat(smileys).containsExactly("x" + "\uD83D\uDE00".repeat(49), "\uD83D\uDE00".repeat(11));
    }

    @Test
    void whatFitsStandsOnOneLine() {
        assertThat(ReadableJson.of(
                        dev.turnbuckle.internal.codec.Json.parse("{\"a\":[1,{\"b\":\"ü\"}],\"c\":{},\"d\":[]}")))
                .isEqualTo("{\"a\": [1, {\"b\": \"ü\"}], \"c\": {}, \"d\": []}\n");
        String longText = "w".repeat(100);
        assertThat(ReadableJson.of(
                        dev.turnbuckle.internal.codec.Json.parse("{\"a\":[\"" + longText + "\",1],\"b\":2}")))
                .isEqualTo("""
                        {
                          "a": [
                            "%s",
                            1
                          ],
                          "b": 2
                        }
                        """.formatted(longText));
    }
}
