package dev.turnbuckle.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.model.ModelFailure.Kind;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Against a server that is not ours, in the format of each vendor. */
@Tag("full")
class WireTest {
    static final List<String> NAMES = List.of(
            "openai:gpt-5",
            "openai-responses:gpt-5",
            "anthropic:claude-opus-4-5",
            "gemini:gemini-2.5-pro",
            "ollama:qwen3");
    private static final Map<String, String> KEYS = Map.of(
            "OPENAI_API_KEY", "sk-test-wire-1", "ANTHROPIC_API_KEY", "sk-ant-wire-1", "GEMINI_API_KEY", "gm-wire-1");
    private static final int SECONDS = 30;

    private static Aimock server;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        server = Aimock.serving("wire.json");
    }

    @AfterAll
    static void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    /** A model that is told to think, where one has to tell it. */
    static VendorModel model(String url, String name) {
        Map<String, String> thinking = switch (name.substring(0, name.indexOf(':'))) {
            case "anthropic" -> Map.of("thinking_budget", "1024");
            case "openai-responses" -> Map.of("reasoning_effort", "low", "reasoning_summary", "auto");
            case "gemini", "ollama" -> Map.of("thinking", "true");
            default -> Map.of();
        };
        return VendorModels.of(KEYS).baseUrl(url).parameters(thinking).model(name);
    }

    private static VendorModel model(String name) {
        return model(server.url(), name);
    }

    private static ModelFailure fails(String name, String said) throws InterruptedException {
        try {
            Asking.ask(model(name), Message.user(said));
        } catch (ModelFailure e) {
            return e;
        }
        throw new AssertionError(name + " answered");
    }

    @ParameterizedTest
    @FieldSource("NAMES")
    void textAndReasoningAreStreamed(String name) throws InterruptedException {
        Asking answer = Asking.ask(model(name), Message.user("greet me"));

        assertThat(answer.shown()).isEqualTo("Hello, how are you today?");
        assertThat(answer.events()).as("in pieces").hasSizeGreaterThan(4);
        assertThat(answer.parts()).last().isEqualTo(new Part.Text("Hello, how are you today?"));
        if (!isOllama(name)) {
            assertThat(answer.shownReasoning()).isEqualTo("A greeting.");
            assertThat(answer.completed().usage().input()).isEqualTo(11);
            assertThat(answer.completed().usage().output()).isEqualTo(5);
        }
    }

    /** For it this server counts no tokens and has another word for thoughts than Ollama itself. */
    private static boolean isOllama(String name) {
        return name.startsWith("ollama:");
    }

    /** The server answers 400 when the thoughts of an Anthropic answer do not come back signed. */
    @ParameterizedTest
    @FieldSource("NAMES")
    void parallelCallsAreMadeAndTheirResultsTakenBackWithTheThoughts(String name) throws InterruptedException {
        VendorModel model = model(name);
        Message question = Message.user("two cities");
        List<Part> answer = mended(Asking.ask(model, question).parts());
        List<Part.ToolCall> calls = answer.stream()
                .filter(Part.ToolCall.class::isInstance)
                .map(Part.ToolCall.class::cast)
                .toList();
        assertThat(calls).extracting(Part.ToolCall::name).containsExactly("weather", "weather");
        assertThat(calls)
                .extracting(Part.ToolCall::arguments)
                .containsExactly("{\"city\":\"Oslo\"}", "{\"city\":\"Rome\"}");
        assertThat(answer).filteredOn(Part.Reasoning.class::isInstance).hasSize(isOllama(name) ? 0 : 1);

        var history = new ArrayList<Message>(List.of(question, Message.of(Message.Role.ASSISTANT, answer)));
        calls.forEach(call -> history.add(Message.of(
                Message.Role.TOOL, List.of(new Part.ToolResult(call.id(), call.name(), "some weather", false)))));
        Asking last = Asking.ask(model, history.toArray(Message[]::new));

        assertThat(last.shown()).isEqualTo("Rain in Oslo, sun in Rome.");
    }

    /** As the turn does: calls without an id get one. */
    private static List<Part> mended(List<Part> parts) {
        var mended = new ArrayList<Part>();
        for (Part part : parts) {
            mended.add(
                    part instanceof Part.ToolCall c && c.id().isEmpty()
                            ? new Part.ToolCall("call-" + mended.size(), c.name(), c.arguments())
                            : part);
        }
        return mended;
    }

    @ParameterizedTest
    @FieldSource("NAMES")
    void signaturesAndWhatIsRedactedAreKept(String name) throws InterruptedException {
        List<Part> answer = Asking.ask(model(name), Message.user("two cities")).parts();

        switch (name.substring(0, name.indexOf(':'))) {
            case "anthropic" ->
                assertThat(answer)
                        .contains(
                                new Part.Reasoning("Two calls at once.", "anthropic:signature/of+the=vendor"),
                                new Part.Opaque(
                                        "anthropic", "{\"type\":\"redacted_thinking\",\"data\":\"opaque/data+1\"}"));
            case "openai-responses" ->
                assertThat(answer)
                        .anySatisfy(part -> assertThat(part)
                                .isInstanceOfSatisfying(
                                        Part.Reasoning.class,
                                        r -> assertThat(r.signature()).startsWith("openai:rs")));
            case "openai", "gemini" -> assertThat(answer).contains(new Part.Reasoning("Two calls at once.", null));
            default -> assertThat(answer).noneMatch(Part.Opaque.class::isInstance);
        }
    }

    @ParameterizedTest
    @FieldSource("NAMES")
    void aKeyThatIsRefusedIsAFailureOfAuth(String name) throws InterruptedException {
        ModelFailure failure = fails(name, "unauthorized");

        assertThat(failure.kind()).isEqualTo(Kind.AUTH);
        assertThat(failure).hasMessageContaining("HTTP 401").hasMessageNotContaining("wrong-key");
    }

    @ParameterizedTest
    @FieldSource("NAMES")
    void aContextThatIsTooLongIsAnOverflow(String name) throws InterruptedException {
        assertThat(fails(name, "overflow").kind()).isEqualTo(Kind.CONTEXT_OVERFLOW);
    }

    @ParameterizedTest
    @FieldSource("NAMES")
    void aRateLimitSaysHowLongToWait(String name) throws InterruptedException {
        ModelFailure failure = fails(name, "limited");

        assertThat(failure.kind()).isEqualTo(Kind.RATE_LIMIT);
        assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(7));
    }

    @ParameterizedTest
    @FieldSource("NAMES")
    void anOverloadIsOne(String name) throws InterruptedException {
        assertThat(fails(name, "overloaded").kind()).isEqualTo(Kind.OVERLOADED);
    }

    @ParameterizedTest
    @FieldSource("NAMES")
    void aConnectionThatGoesAwayInMidStreamIsAFailureOfTheNetwork(String name) throws InterruptedException {
        assertThat(fails(name, "break off").kind()).isEqualTo(Kind.NETWORK);
        assertThat(fails(name, "hang up").kind()).isEqualTo(Kind.NETWORK);
    }

    @ParameterizedTest
    @FieldSource("NAMES")
    void anAnswerThatIsGarbledIsAFailureOfTheNetwork(String name) throws InterruptedException {
        assertThat(fails(name, "garble").kind()).isEqualTo(Kind.NETWORK);
    }

    @ParameterizedTest
    @FieldSource("NAMES")
    void slowTokensAreWaitedForAndShownAsTheyCome(String name) throws InterruptedException {
        Asking answer = Asking.ask(model(name), Message.user("slowly"));

        assertThat(answer.shown()).isEqualTo("One word after the other.");
    }

    @ParameterizedTest
    @FieldSource("NAMES")
    void anInterruptEndsTheCallAtOnce(String name) throws InterruptedException {
        VendorModel model = model(name);
        var begun = new CountDownLatch(1);
        var end = new AtomicReference<Throwable>();
        Thread asker = Thread.ofVirtual().start(() -> {
            try {
                model.stream(Asking.request(model, Message.user("for long")), event -> {
                    if (event instanceof ModelEvent.TextDelta) {
                        begun.countDown();
                    }
                });
            } catch (InterruptedException e) {
                end.set(e);
            }
        });
        assertThat(begun.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        asker.interrupt();

        assertThat(asker.join(Duration.ofMillis(2_500)))
                .as("sooner than the next token")
                .isTrue();
        assertThat(end.get()).isInstanceOf(InterruptedException.class);
    }
}
