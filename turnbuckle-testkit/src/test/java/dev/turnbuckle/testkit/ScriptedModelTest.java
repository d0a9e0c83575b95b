package dev.turnbuckle.testkit;

import static dev.turnbuckle.testkit.ScriptedModel.call;
import static dev.turnbuckle.testkit.ScriptedModel.calls;
import static dev.turnbuckle.testkit.ScriptedModel.callsAll;
import static dev.turnbuckle.testkit.ScriptedModel.empty;
import static dev.turnbuckle.testkit.ScriptedModel.fails;
import static dev.turnbuckle.testkit.ScriptedModel.says;
import static dev.turnbuckle.testkit.ScriptedModel.thinks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.error.InvalidInputException;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScriptedModelTest {
    record City(String city) {}

    private static final Message ASKED = Message.user("Hello?");
    private static final Message ANSWERED = Message.of(Message.Role.ASSISTANT, List.of(new Part.Text("An answer.")));

    @TempDir
    Path folder;

    @Test
    void textIsStreamedWordByWordAndThenCompleted() throws InterruptedException {
        var model = ScriptedModel.of(
                thinks("Let me see.", "sig").and(says("Good day, sir.")).usage(7, 3));
        assertThat(ask(model, ASKED))
                .containsExactly(
                        new ReasoningDelta("Let "),
                        new ReasoningDelta("me "),
                        new ReasoningDelta("see."),
                        new TextDelta("Good "),
                        new TextDelta("day, "),
                        new TextDelta("sir."),
                        new Completed(
                                List.of(new Part.Reasoning("Let me see.", "sig"), new Part.Text("Good day, sir.")),
                                Usage.of(7, 3),
                                "stop"));
    }

    @Test
    void callsCarryARecordOrJsonAndAreNumberedByStepAndPlace() throws InterruptedException {
        var model = ScriptedModel.of(
                says("One."), callsAll(call("weather", new City("Oslo")), call("time", "{\"zone\":\"CET\"}")));
        assertThat(ask(model, ASKED, ANSWERED))
                .containsExactly(new Completed(
                        List.of(
                                new Part.ToolCall("call-2-1", "weather", "{\"city\":\"Oslo\"}"),
                                new Part.ToolCall("call-2-2", "time", "{\"zone\":\"CET\"}")),
                        Usage.NONE,
                        "tool_calls"));
    }

    @Test
    void theStepIsChosenByTheAnswersInTheRequestSoAFreshInstanceGoesOn() throws InterruptedException {
        assertThat(textOf(script(), ASKED)).isEqualTo("First.");
        assertThat(textOf(script(), ASKED, ANSWERED, ASKED)).isEqualTo("Second.");
        assertThat(textOf(script(), ASKED, ANSWERED, ASKED)).isEqualTo("Second.");
        assertThat(textOf(script(), ASKED)).isEqualTo("First.");
    }

    private static ScriptedModel script() {
        return ScriptedModel.of(says("First."), says("Second."));
    }

    @Test
    void anEmptyAnswerIsCountedByTheRuntimesWordsAboutIt() throws InterruptedException {
        var model = ScriptedModel.of(empty(), says("Now."));
        assertThat(ask(model, ASKED)).containsExactly(new Completed(List.of(), Usage.NONE, "stop"));
        assertThat(textOf(model, ASKED, Message.runtime("Your last answer was empty.")))
                .isEqualTo("Now.");
        assertThat(textOf(script(), ASKED, ANSWERED, Message.runtime("Does not fit.")))
                .isEqualTo("Second.");
    }

    @Test
    void aFailureIsThrownOnceAndThenTheAnswerGiven() throws InterruptedException {
        var model = ScriptedModel.of(
                says("First."),
                fails(ModelFailure.Kind.RATE_LIMIT, "slow down"),
                fails(ModelFailure.Kind.NETWORK, "gone"),
                says("Second."));
        assertThat(textOf(model, ASKED)).isEqualTo("First.");
        assertThatThrownBy(() -> ask(model, ASKED, ANSWERED))
                .isInstanceOf(ModelFailure.class)
                .hasMessage("slow down");
        assertThatThrownBy(() -> ask(model, ASKED, ANSWERED))
                .isInstanceOf(ModelFailure.class)
                .hasMessage("gone");
        assertThat(textOf(model, ASKED, ANSWERED)).isEqualTo("Second.");
        assertThat(model.requests()).hasSize(4);
    }

    @Test
    void askedForMoreThanIsScriptedItFailsAndTellsTheTest() {
        var model = ScriptedModel.of(says("First."));
        assertThatThrownBy(() -> ask(model, ASKED, ANSWERED, Message.user("And now?")))
                .isInstanceOfSatisfying(
                        ModelFailure.class, f -> assertThat(f.kind()).isEqualTo(ModelFailure.Kind.BAD_REQUEST))
                .hasMessageContaining("1 steps and nothing to say to \"And now?\" after 1 answers");
        assertThatThrownBy(model::verify)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("\"And now?\" after 1 answers");
    }

    @Test
    void aCountingScriptIgnoresWhatTheRequestHolds() throws InterruptedException {
        var model = script().counting();
        assertThat(textOf(model, ASKED)).isEqualTo("First.");
        assertThat(textOf(model, ASKED)).isEqualTo("Second.");
        model.verify();
    }

    @Test
    void pausesAreTakenOnTheGivenEnvironment() throws InterruptedException {
        try (var environment = TestEnvironment.seeded(1)) {
            var model = ScriptedModel.of(
                            says("one two three").after(Duration.ofSeconds(10)).pausing(Duration.ofSeconds(1)))
                    .on(environment);
            assertThat(textOf(model, ASKED)).isEqualTo("one two three");
            assertThat(environment.now()).isEqualTo("2026-01-01T00:00:12Z");
        }
    }

    @Test
    void aFileHoldsAScript() throws IOException, InterruptedException {
        var model = load("""
                {
                  "name": "from-a-file",
                  "steps": [
                    {"think": "Which city?", "signature": "s1", "call": {"tool": "weather", "arguments": {"city": "Oslo"}}},
                    {"call": [{"tool": "a", "arguments": "{\\"n\\":1}"}, {"tool": "b"}]},
                    {"fail": "RATE_LIMIT", "message": "slow down"},
                    {"say": "Take an umbrella.", "usage": {"input": 12, "output": 4}},
                    {"empty": true}
                  ]
                }
                """);
        assertThat(model.spec()).isEqualTo(ModelSpec.named("from-a-file"));
        assertThat(completed(model, ASKED).parts())
                .containsExactly(
                        new Part.Reasoning("Which city?", "s1"),
                        new Part.ToolCall("call-1-1", "weather", "{\"city\":\"Oslo\"}"));
        assertThat(completed(model, ASKED, ANSWERED).parts())
                .containsExactly(
                        new Part.ToolCall("call-2-1", "a", "{\"n\":1}"), new Part.ToolCall("call-2-2", "b", "{}"));
        assertThatThrownBy(() -> ask(model, ASKED, ANSWERED, ANSWERED)).hasMessage("slow down");
        assertThat(completed(model, ASKED, ANSWERED, ANSWERED))
                .isEqualTo(new Completed(List.of(new Part.Text("Take an umbrella.")), Usage.of(12, 4), "stop"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    `{"steps": [` | line 1
                    `{}` | /steps must be a list
                    `{"steps": [{"say": 1}]}` | /steps/0/say must be text
                    `{"steps": [{"say": "a"}, {"sya": "b"}]}` | /steps/1/sya is unknown
                    `{"steps": [{}]}` | /steps/0 says nothing
                    `{"steps": [{"fail": "TIRED"}]}` | /steps/0/fail is "TIRED", not one of [RATE_LIMIT
                    `{"steps": [{"say": "a", "after": "1s"}]}` | /steps/0/after is "1s", not a duration such as "PT1.5S"
                    `{"steps": [{"call": [{"arguments": {}}]}]}` | /steps/0/call/0/tool must be text
                    `{"steps": [{"call": 7}]}` | /steps/0/call must be
                    `{"steps": [{"say": "a", "usage": {"input": 1}}]}` | /steps/0/usage must be
                    """)
    void aMalformedFileIsRefusedNamingTheFileAndThePlace(String json, String message) {
        assertThatThrownBy(() -> load(json))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("script.json")
                .hasMessageContaining(message);
    }

    @Test
    void aMissingFileIsRefusedByName() {
        assertThatThrownBy(() -> ScriptedModel.load(folder.resolve("none.json")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("none.json");
    }

    private ScriptedModel load(String json) throws IOException {
        Path file = folder.resolve("script.json");
        Files.writeString(file, json);
        return ScriptedModel.load(file);
    }

    private static List<ModelEvent> ask(ScriptedModel model, Message... messages) throws InterruptedException {
        var events = new ArrayList<ModelEvent>();
        model.stream(new ModelRequest(model.spec(), List.of(), List.of(messages), List.of(), null), events::add);
        return events;
    }

    private static Completed completed(ScriptedModel model, Message... messages) throws InterruptedException {
        return (Completed) ask(model, messages).getLast();
    }

    private static String textOf(ScriptedModel model, Message... messages) throws InterruptedException {
        return ((Part.Text) completed(model, messages).parts().getFirst()).text();
    }

    @Test
    void aStepIsOneCall() throws InterruptedException {
        assertThat(completed(ScriptedModel.of(calls("weather", new City("Rome"))), ASKED)
                        .parts())
                .containsExactly(new Part.ToolCall("call-1-1", "weather", "{\"city\":\"Rome\"}"));
    }
}
