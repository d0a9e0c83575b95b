package dev.turnbuckle.testkit;

import static dev.turnbuckle.testkit.ScriptedModel.calls;
import static dev.turnbuckle.testkit.ScriptedModel.fails;
import static dev.turnbuckle.testkit.ScriptedModel.says;
import static dev.turnbuckle.testkit.ScriptedModel.thinks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.error.WiringException;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelEvent.Completed;
import dev.turnbuckle.model.ModelEvent.ReasoningDelta;
import dev.turnbuckle.model.ModelEvent.TextDelta;
import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.tool.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CassetteTest {
    record City(String city) {}

    private static final Supplier<Model> NOBODY = () -> {
        throw new AssertionError("the real model is not to be asked");
    };

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void place() {
        file = folder.resolve("cassettes/weather.json");
    }

    private Cassette cassette() {
        return Cassette.at(file).settings(name -> null);
    }

    // ---- a model that is written in a line

    private interface Body {
        void stream(ModelRequest request, Consumer<ModelEvent> events) throws InterruptedException;
    }

    private static Model model(String name, Body body) {
        return new Model() {
            @Override
            public ModelSpec spec() {
                return ModelSpec.named(name);
            }

            @Override
            public void stream(ModelRequest request, Consumer<ModelEvent> events) throws InterruptedException {
                body.stream(request, events);
            }
        };
    }

    private static ModelRequest request(String text) {
        return new ModelRequest(
                ModelSpec.named("real"), List.of("Be brief."), List.of(Message.user(text)), List.of(), null);
    }

    private static List<ModelEvent> ask(Model model, String text) throws InterruptedException {
        var events = new ArrayList<ModelEvent>();
        model.stream(request(text), events::add);
        return events;
    }

    private static String answer(Model model, String text) throws InterruptedException {
        return ((Part.Text) ((Completed) ask(model, text).getLast()).parts().getFirst()).text();
    }

    private static Completed completed(String text) {
        return new Completed(List.of(new Part.Text(text)), Usage.NONE, "stop");
    }

    private static ModelEvent.Completed completed(Part... parts) {
        return new Completed(List.of(parts), Usage.NONE, "stop");
    }

    /** Answers with the text that it is asked with, in capitals. */
    private static Model echo() {
        return model(
                "real",
                (request, events) -> events.accept(
                        completed(request.messages().getLast().text().toUpperCase(java.util.Locale.ROOT))));
    }

    // ---- a conversation

    private static Agent agent(Model model) {
        return Agent.named("default")
                .model(model)
                .instructions("You give short, practical advice.")
                .tool(Tool.read("weather", "Current weather in a city", City.class, c -> "{\"t\":4,\"rain\":true}"))
                .build();
    }

    private static ScriptedModel script() {
        return ScriptedModel.of(
                        thinks("Which city?", "c2ln")
                                .and(calls("weather", new City("Oslo")))
                                .usage(120, 18),
                        fails(ModelFailure.Kind.RATE_LIMIT, "slow down"),
                        says("Take an umbrella.\n\n* It rains all day, and the wind comes from the sea, so a hat does not "
                                        + "stay where it is.\n* Bring boots.")
                                .usage(170, 30),
                        says("You are welcome."))
                .named("real");
    }

    private static List<String> talk(Model model) {
        try (var test = TestTurnbuckle.with(agent(model))) {
            return List.of(
                    test.session("a").ask("What should I wear in Oslo?"),
                    test.session("a").ask("Thanks!"));
        }
    }

    @Test
    void aConversationIsRecordedOnceAndThenReplayedWithoutTheRealModel() {
        List<String> recorded = talk(cassette().once(CassetteTest::script));
        assertThat(recorded.getFirst()).startsWith("Take an umbrella.").endsWith("Bring boots.");
        assertThat(recorded.getLast()).isEqualTo("You are welcome.");
        assertThat(talk(cassette().once(NOBODY))).isEqualTo(recorded);
        assertThat(talk(cassette().once(NOBODY))).isEqualTo(recorded);
    }

    @Test
    void theFileTellsTheConversationOnceAndInLines() throws IOException {
        talk(cassette().once(CassetteTest::script));
        assertThat(Files.readString(file)).isEqualTo("""
                {
                  "cassette": 1,
                  "calls": [
                    {
                      "request": {
                        "model": "real",
                        "system": ["You give short, practical advice."],
                        "tools": [
                          {
                            "name": "weather",
                            "description": "Current weather in a city",
                            "schema": {
                              "type": "object",
                              "properties": {"city": {"type": "string"}},
                              "required": ["city"],
                              "additionalProperties": false
                            }
                          }
                        ],
                        "messages": [{"role": "user", "text": "What should I wear in Oslo?"}]
                      },
                      "answer": {
                        "parts": [
                          {"reasoning": "Which city?", "signature": "c2ln"},
                          {"call": "weather", "id": "call-1-1", "arguments": {"city": "Oslo"}}
                        ],
                        "finish": "tool_calls",
                        "usage": {"input": 120, "output": 18}
                      }
                    },
                    {
                      "request": {
                        "after": 1,
                        "messages": [
                          "answer",
                          {
                            "role": "tool",
                            "parts": [{"result": "weather", "id": "call-1-1", "content": {"t": 4, "rain": true}}]
                          }
                        ]
                      },
                      "answer": {"failure": "RATE_LIMIT", "message": "slow down"}
                    },
                    {
                      "request": {"after": 1, "messages": []},
                      "answer": {
                        "parts": [
                          {
                            "text": [
                              "Take an umbrella.\\n",
                              "\\n",
                              "* It rains all day, and the wind comes from the sea, so a hat does not stay where it is.\\n",
                              "* Bring boots."
                            ]
                          }
                        ],
                        "finish": "stop",
                        "usage": {"input": 170, "output": 30}
                      }
                    },
                    {
                      "request": {"after": 1, "messages": ["answer", {"role": "user", "text": "Thanks!"}]},
                      "answer": {"parts": [{"text": "You are welcome."}], "finish": "stop"}
                    }
                  ]
                }
                """);
    }

    @Test
    void recordingTheSameAgainGivesTheSameBytes() throws IOException {
        talk(cassette().once(CassetteTest::script));
        byte[] first = Files.readAllBytes(file);
        talk(cassette().recording(script()));
        assertThat(Files.readAllBytes(file)).isEqualTo(first);
    }

    // ---- streams

    @Test
    void howTheNetworkCutTheStreamIsForgottenAndReplayStreamsWordByWord() throws Exception {
        var real = model("real", (request, events) -> {
            events.accept(new ReasoningDelta("H"));
            events.accept(new ReasoningDelta("m. "));
            events.accept(new TextDelta("Take an umb"));
            events.accept(new TextDelta("rella."));
            events.accept(completed(new Part.Reasoning("Hm. ", null), new Part.Text("Take an umbrella.")));
        });
        assertThat(ask(cassette().recording(real), "Oslo?"))
                .containsExactly(
                        new ReasoningDelta("H"),
                        new ReasoningDelta("m. "),
                        new TextDelta("Take an umb"),
                        new TextDelta("rella."),
                        completed(new Part.Reasoning("Hm. ", null), new Part.Text("Take an umbrella.")));
        assertThat(Files.readString(file)).doesNotContain("streamed");
        assertThat(ask(cassette().replay(), "Oslo?"))
                .containsExactly(
                        new ReasoningDelta("Hm. "),
                        new TextDelta("Take "),
                        new TextDelta("an "),
                        new TextDelta("umbrella."),
                        completed(new Part.Reasoning("Hm. ", null), new Part.Text("Take an umbrella.")));
    }

    @Test
    void aStreamThatIsNotItsAnswerIsKeptAsItWas() throws Exception {
        var silent = model("real", (request, events) -> events.accept(completed("All at once.")));
        ask(cassette().recording(silent), "Oslo?");
        assertThat(ask(cassette().replay(), "Oslo?")).containsExactly(completed("All at once."));

        var other = model("real", (request, events) -> {
            events.accept(new TextDelta("A draft."));
            events.accept(completed("The answer."));
        });
        ask(cassette().recording(other), "Oslo?");
        assertThat(ask(cassette().replay(), "Oslo?"))
                .containsExactly(new TextDelta("A "), new TextDelta("draft."), completed("The answer."));
    }

    @Test
    void anInterruptStopsAReplay() throws Exception {
        ask(cassette().recording(echo()), "take an umbrella");
        var streaming = model("real", (request, events) -> {
            events.accept(new TextDelta("One two three"));
            events.accept(completed("One two three"));
        });
        ask(cassette().recording(streaming), "Oslo?");
        var events = new ArrayList<ModelEvent>();
        var replay = cassette().replay();
        assertThatThrownBy(() -> replay.stream(request("Oslo?"), event -> {
                    events.add(event);
                    Thread.currentThread().interrupt();
                }))
                .isInstanceOf(InterruptedException.class);
        assertThat(events).containsExactly(new TextDelta("One "));
    }

    // ---- failures, and answers given several times

    @Test
    void aFailureIsRecordedWithWhatWasStreamedBeforeItAndReplayed() throws Exception {
        var real = model("real", (request, events) -> {
            events.accept(new TextDelta("Take an"));
            throw new ModelFailure(
                    ModelFailure.Kind.OVERLOADED,
                    "529, key sk-ant-api03-0123456789abcdefghij",
                    Duration.ofSeconds(7),
                    null);
        });
        assertThatThrownBy(() -> ask(cassette().recording(real), "Oslo?")).isInstanceOf(ModelFailure.class);

        var events = new ArrayList<ModelEvent>();
        assertThatThrownBy(() -> cassette().replay().stream(request("Oslo?"), events::add))
                .isInstanceOfSatisfying(ModelFailure.class, failure -> {
                    assertThat(failure.kind()).isEqualTo(ModelFailure.Kind.OVERLOADED);
                    assertThat(failure).hasMessage("529, key [secret]");
                    assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(7));
                });
        assertThat(events).containsExactly(new TextDelta("Take "), new TextDelta("an"));
    }

    @Test
    void theSameRequestGetsItsAnswersInOrderAndThenTheLastAgain() throws Exception {
        var real = ScriptedModel.of(fails(ModelFailure.Kind.NETWORK, "gone"), says("First."), says("Second."))
                .counting()
                .named("real");
        Model recording = cassette().recording(real);
        assertThatThrownBy(() -> ask(recording, "Oslo?")).hasMessage("gone");
        ask(recording, "Oslo?");
        ask(recording, "Oslo?");

        ReplayModel replay = cassette().replay();
        assertThatThrownBy(() -> ask(replay, "Oslo?")).hasMessage("gone");
        assertThat(answer(replay, "Oslo?")).isEqualTo("First.");
        assertThat(answer(replay, "Oslo?")).isEqualTo("Second.");
        assertThat(answer(replay, "Oslo?")).isEqualTo("Second.");
        replay.verify();
        assertThatThrownBy(() -> ask(cassette().replay(), "Oslo?"))
                .as("a fresh instance begins with the first")
                .hasMessage("gone");
    }

    @Test
    void aCallThatWasInterruptedOrBrokeIsNotRecorded() throws Exception {
        var cassette = cassette();
        ask(cassette.recording(echo()), "one");
        String before = Files.readString(file);
        assertThatThrownBy(() -> ask(
                        cassette.recording(model("real", (request, events) -> {
                            events.accept(new TextDelta("half"));
                            throw new InterruptedException();
                        })),
                        "two"))
                .isInstanceOf(InterruptedException.class);
        assertThatThrownBy(() -> ask(
                        cassette.recording(model("real", (request, events) -> {
                            throw new IllegalStateException("a bug");
                        })),
                        "three"))
                .isInstanceOf(IllegalStateException.class);
        ask(cassette.recording(model("real", (request, events) -> {})), "four");
        assertThat(Files.readString(file)).isEqualTo(before);
    }

    // ---- what is not recorded

    @Test
    void anUnknownRequestIsRefusedWithTheNearestOneAndWhatDiffers() throws Exception {
        Model recording = cassette().recording(echo());
        ask(recording, "What should I wear in Oslo?");
        ask(recording, "Something else altogether");
        ReplayModel replay = cassette().replay();
        var asked = new ModelRequest(
                ModelSpec.named("real"),
                List.of("Be brief.", "Be kind."),
                List.of(Message.user("What should I wear in Bergen?")),
                List.of(),
                null);
        String told = "the cassette " + file + """
                 has no answer to this request with 1 messages. Nearest is call 1 of 2, line 4:
                  /messages/0/text: recorded "What should I wear in Oslo?", now "What should I wear in Bergen?"
                  /system/1: recorded nothing, now "Be kind."
                If this request is what you want, record again: delete it, or set TURNBUCKLE_CASSETTES=record, and run \
                against the real model""";
        assertThatThrownBy(() -> replay.stream(asked, event -> {}))
                .isInstanceOfSatisfying(
                        ModelFailure.class, f -> assertThat(f.kind()).isEqualTo(ModelFailure.Kind.BAD_REQUEST))
                .hasMessage(told);
        assertThatThrownBy(replay::verify).isInstanceOf(AssertionError.class).hasMessage(told);
    }

    @Test
    void theNearestRequestIsTheOneWithTheFewestDifferences() throws Exception {
        Model recording = cassette().recording(model("real", (request, events) -> events.accept(completed("Yes."))));
        recording.stream(conversation("a", "b", "c", "d"), event -> {});
        recording.stream(conversation("a", "b", "c", "d", "e"), event -> {});
        recording.stream(conversation("w", "x", "y", "z"), event -> {});
        ReplayModel replay = cassette().replay();
        assertThatThrownBy(() -> replay.stream(conversation("w", "x", "c", "z"), event -> {}))
                .hasMessageContaining("Nearest is call 3 of 3")
                .hasMessageContaining("/messages/2/text: recorded \"y\", now \"c\"");
        assertThatThrownBy(() -> replay.stream(conversation("a", "b", "c", "d", "f"), event -> {}))
                .hasMessageContaining("Nearest is call 2 of 3");
        assertThatThrownBy(() -> replay.stream(conversation("1", "2", "3", "4", "5", "6", "7", "8"), event -> {}))
                .hasMessageContaining("… 11 values differ in all");
    }

    private static ModelRequest conversation(String... texts) {
        return new ModelRequest(
                ModelSpec.named("real"),
                List.of(),
                Stream.of(texts).map(Message::user).toList(),
                List.of(),
                null);
    }

    @Test
    void aTestThatAsksForWhatIsNotRecordedFailsWhenItsRuntimeCloses() {
        talk(cassette().once(CassetteTest::script));
        assertThatThrownBy(() -> {
                    try (var test = TestTurnbuckle.with(agent(cassette().once(NOBODY)))) {
                        test.session("a").send("And in Rome?").await();
                    }
                })
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("recorded \"What should I wear in Oslo?\", now \"And in Rome?\"");
    }

    @Test
    void everythingThatTheModelSeesIsPartOfTheRequest() throws Exception {
        Model recording = cassette().recording(model("real", (request, events) -> events.accept(completed("Yes."))));
        recording.stream(request("Oslo?"), event -> {});
        ReplayModel replay = cassette().replay();
        var messages = List.of(Message.user("Oslo?"));
        var tool = Tool.read("weather", "Current weather in a city", City.class, c -> "")
                .spec();
        for (ModelRequest other : List.of(
                new ModelRequest(ModelSpec.named("other"), List.of("Be brief."), messages, List.of(), null),
                new ModelRequest(
                        new ModelSpec("real", Map.of("temperature", "0")),
                        List.of("Be brief."),
                        messages,
                        List.of(),
                        null),
                new ModelRequest(ModelSpec.named("real"), List.of("Be"), messages, List.of(), null),
                new ModelRequest(ModelSpec.named("real"), List.of("Be brief."), List.of(), List.of(), null),
                new ModelRequest(ModelSpec.named("real"), List.of("Be brief."), messages, List.of(tool), null),
                new ModelRequest(ModelSpec.named("real"), List.of("Be brief."), messages, List.of(), "{}"))) {
            assertThatThrownBy(() -> replay.stream(other, event -> {})).isInstanceOf(ModelFailure.class);
        }
        replay.stream(request("Oslo?"), event -> {});
    }

    @Test
    void attachmentsAreInItByDigest() throws Exception {
        var attached = Message.of(
                Message.Role.USER,
                List.of(
                        new Part.Text("What is this?"),
                        new Part.AttachmentRef("ab12", "image/png", 70_000, "photo.png")));
        var request = new ModelRequest(ModelSpec.named("real"), List.of(), List.of(attached), List.of(), null);
        cassette().recording(model("real", (r, events) -> events.accept(completed("A cat.")))).stream(request, e -> {});
        assertThat(Files.readString(file))
                .contains(
                        "{\"attachment\": \"ab12\", \"mediaType\": \"image/png\", \"size\": 70000, \"name\": \"photo.png\"}");
        cassette().replay().stream(request, event -> {});
    }

    // ---- modes

    @Test
    void theEnvironmentSaysWhetherToRecordOrOnlyToReplay() throws Exception {
        Cassette replaying = Cassette.at(file).settings(Map.of("TURNBUCKLE_CASSETTES", "replay")::get);
        assertThatThrownBy(() -> replaying.once(NOBODY))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("the cassette " + file + " does not exist; to record it, run once against the real model, "
                        + "TURNBUCKLE_CASSETTES=record if need be");
        Cassette unset = Cassette.at(file).settings(Map.of("TURNBUCKLE_CASSETTES", " ")::get);
        assertThat(answer(unset.once(CassetteTest::echo), "a")).isEqualTo("A");
        assertThat(answer(replaying.once(NOBODY), "a")).isEqualTo("A");

        Cassette recording = Cassette.at(file).settings(Map.of("TURNBUCKLE_CASSETTES", "Record")::get);
        answer(recording.once(() -> model("real", (request, events) -> events.accept(completed("New.")))), "a");
        assertThat(answer(replaying.once(NOBODY), "a")).isEqualTo("New.");

        assertThatThrownBy(() -> Cassette.at(file)
                        .settings(Map.of("TURNBUCKLE_CASSETTES", "always")::get)
                        .once(NOBODY))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "the environment variable TURNBUCKLE_CASSETTES is \"always\"; it may be once, record or replay");
    }

    @Test
    void aKeyThatIsRefusedDoesNotBeginACassetteThatIsMadeByItself() throws Exception {
        var refused = model("real", (request, events) -> {
            throw new ModelFailure(ModelFailure.Kind.AUTH, "401");
        });
        assertThatThrownBy(() -> ask(cassette().once(() -> refused), "a")).hasMessage("401");
        assertThat(file).doesNotExist();
        assertThatThrownBy(() -> ask(cassette().recording(refused), "a")).hasMessage("401");
        assertThatThrownBy(() -> ask(cassette().replay(), "a")).hasMessage("401");
    }

    @Test
    void severalModelsShareACassette() throws Exception {
        Cassette cassette = cassette();
        ModelSpec one = ModelSpec.named("one");
        ModelSpec two = ModelSpec.named("two");
        var request = new ModelRequest(one, List.of(), List.of(Message.user("a")), List.of(), null);
        cassette.once(() -> model("one", (r, events) -> events.accept(completed("1")))).stream(request, event -> {});
        cassette.once(() -> model("two", (r, events) -> events.accept(completed("2")))).stream(
                new ModelRequest(two, List.of(), request.messages(), List.of(), null), event -> {});

        assertThatThrownBy(() -> cassette().replay())
                .hasMessage("the cassette " + file + " has calls of several models: say which one is meant, "
                        + List.of(one, two));
        assertThat(cassette().replay(two).spec()).isEqualTo(two);
        var events = new ArrayList<ModelEvent>();
        cassette().once(one, NOBODY).stream(request, events::add);
        assertThat(events).containsExactly(completed("1"));
    }

    // ---- the file

    @Test
    void aCallIsInTheFileBeforeItsEndIsPassedOn() throws Exception {
        var contents = new ArrayList<String>();
        cassette().recording(echo()).stream(request("oslo"), event -> contents.add(read()));
        assertThat(contents).singleElement().asString().contains("OSLO");
    }

    private String read() {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aRecordingThatIsKilledLacksOnlyTheCallsThatHadNotEnded() throws Exception {
        Model recording = cassette().recording(model("real", (request, events) -> {
            String asked = request.messages().getLast().text();
            events.accept(new TextDelta(asked));
            if (asked.equals("three")) {
                throw new Error("the process dies");
            }
            events.accept(completed(asked));
        }));
        ask(recording, "one");
        ask(recording, "two");
        assertThatThrownBy(() -> ask(recording, "three")).isInstanceOf(Error.class);
        assertThat(answer(cassette().replay(), "one")).isEqualTo("one");
        assertThat(answer(cassette().replay(), "two")).isEqualTo("two");
        assertThatThrownBy(() -> ask(cassette().replay(), "three")).hasMessageContaining("of 2, line");
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void callsStandInTheOrderInWhichTheyBegan() throws Exception {
        Cassette cassette = cassette();
        Model inner = cassette.recording(echo());
        Model outer = cassette.recording(model("real", (request, events) -> {
            inner.stream(request("second"), event -> {});
            events.accept(completed("first answer"));
        }));
        ask(outer, "first");
        ask(inner, "third");
        String text = Files.readString(file);
        assertThat(text.indexOf("\"first\"")).isPositive().isLessThan(text.indexOf("\"second\""));
        assertThat(text.indexOf("\"second\"")).isLessThan(text.indexOf("\"third\""));
        ReplayModel replay = cassette().replay();
        assertThat(answer(replay, "first")).isEqualTo("first answer");
        assertThat(answer(replay, "second")).isEqualTo("SECOND");
        assertThat(answer(replay, "third")).isEqualTo("THIRD");
    }

    @Test
    void twoThatRecordOneFileAreToldSo() throws Exception {
        Model one = cassette().recording(echo());
        Model other = cassette().recording(echo());
        ask(one, "a");
        assertThatThrownBy(() -> ask(other, "b"))
                .isInstanceOf(WiringException.class)
                .hasMessage("the cassette " + file
                        + " was written by somebody else while it was recorded; let all models of a test record through one "
                        + "Cassette object, and only one test record a file");
        assertThat(answer(cassette().replay(), "a")).isEqualTo("A");
    }

    @Test
    void aCassetteThatWouldGrowOverItsBoundIsRefusedAndKeepsWhatItHas() throws Exception {
        Model recording = cassette().mostBytes(1_000).recording(echo());
        ask(recording, "a");
        assertThatThrownBy(() -> ask(recording, "b".repeat(1_000)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("the cassette " + file
                        + " would grow over 1000 bytes; raise the bound with mostBytes(…), or make several of it");
        assertThat(answer(cassette().replay(), "a")).isEqualTo("A");
        assertThatThrownBy(() -> cassette().mostBytes(100).replay())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("bytes, more than the bound of 100; raise it with mostBytes(…)");
        assertThatThrownBy(() -> cassette().mostBytes(0)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void aCallAfterOneThatWasTooLargeIsStillRecorded() throws Exception {
        Model recording = cassette().mostBytes(1_000).recording(echo());
        assertThatThrownBy(() -> ask(recording, "b".repeat(1_000))).isInstanceOf(InvalidInputException.class);
        ask(recording, "a");
        assertThat(answer(cassette().replay(), "a")).isEqualTo("A");
    }

    @Test
    void aPlaceThatCannotBeWrittenIsNamed() throws Exception {
        Files.writeString(folder.resolve("cassettes"), "a file where a folder should be");
        assertThatThrownBy(() -> ask(cassette().recording(echo()), "a"))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.code()).isEqualTo("cassette_unwritable"))
                .hasMessageContaining(file.toString());
    }
}
