package dev.turnbuckle.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.anthropic.AnthropicTokenUsage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.model.ModelFailure.Kind;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class LangChain4jModelTest {
    private static final int SECONDS = 20;

    private static StreamingChatModel streaming(BiConsumer<ChatRequest, StreamingChatResponseHandler> body) {
        return new StreamingChatModel() {
            @Override
            public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
                body.accept(request, handler);
            }

            @Override
            public ModelProvider provider() {
                return ModelProvider.ANTHROPIC;
            }
        };
    }

    private static ChatResponse word(String text) {
        return ChatResponse.builder()
                .aiMessage(AiMessage.from(text))
                .tokenUsage(new TokenUsage(5, 2))
                .finishReason(FinishReason.STOP)
                .build();
    }

    @Test
    void callbacksOfAnotherThreadArriveOnTheAskingOne() throws InterruptedException {
        var model = LangChain4jModel.of(
                "host",
                streaming((request, handler) -> Thread.ofVirtual().start(() -> {
                    handler.onPartialThinking(new dev.langchain4j.model.chat.response.PartialThinking("Hm."));
                    for (int i = 0; i < 5_000; i++) {
                        handler.onPartialResponse("x");
                    }
                    handler.onCompleteResponse(word("x".repeat(5_000)));
                })));
        Thread asker = Thread.currentThread();
        var here = new AtomicBoolean(true);
        var text = new StringBuilder();
        model.stream(Asking.request(model, Message.user("Hi")), event -> {
            here.compareAndSet(true, Thread.currentThread().equals(asker));
            text.append(event instanceof ModelEvent.TextDelta t ? t.text() : "");
        });

        assertThat(here).isTrue();
        assertThat(text).hasSize(5_000);
    }

    @Test
    void callbacksOfTheAskingThreadGoOnAtOnce() throws InterruptedException {
        var model = LangChain4jModel.of("host", streaming((request, handler) -> {
            handler.onPartialResponse("Hel");
            handler.onPartialResponse("lo");
            handler.onCompleteResponse(word("Hello"));
        }));
        Asking answer = Asking.ask(model, Message.user("Hi"));

        assertThat(answer.shown()).isEqualTo("Hello");
        assertThat(answer.completed())
                .isEqualTo(new ModelEvent.Completed(List.of(new Part.Text("Hello")), Usage.of(5, 2), "stop"));
    }

    @Test
    void whatLangChain4jKeepsBesideAnAnswerGoesBackToTheSameProvider() throws InterruptedException {
        var seen = new AtomicReference<ChatRequest>();
        var model = LangChain4jModel.of("host", streaming((request, handler) -> {
            seen.set(request);
            handler.onCompleteResponse(ChatResponse.builder()
                    .aiMessage(AiMessage.builder()
                            .thinking("Two cities.")
                            .text("I look.")
                            .attributes(Map.of("thinking_signature", "SIG", "redacted_thinking", List.of("R1")))
                            .toolExecutionRequests(List.of(ToolExecutionRequest.builder()
                                    .id("a")
                                    .name("weather")
                                    .arguments("{\"city\":\"Oslo\"}")
                                    .build()))
                            .build())
                    .tokenUsage(AnthropicTokenUsage.builder()
                            .inputTokenCount(5)
                            .cacheReadInputTokens(100)
                            .cacheCreationInputTokens(0)
                            .outputTokenCount(9)
                            .build())
                    .finishReason(FinishReason.TOOL_EXECUTION)
                    .build());
        }));
        ModelEvent.Completed completed =
                Asking.ask(model, Message.user("Oslo?")).completed();
        Asking.ask(
                model,
                Message.user("Oslo?"),
                Message.of(Message.Role.ASSISTANT, completed.parts()),
                Message.of(Message.Role.TOOL, List.of(new Part.ToolResult("a", "weather", "rain", false))),
                Message.user("So?"),
                Message.runtime("Be quick."));

        assertThat(completed.usage()).isEqualTo(new Usage(5L, 100L, 0L, 9L, null));
        assertThat(completed.finishReason()).isEqualTo("tool_execution");
        AiMessage back = (AiMessage) seen.get().messages().get(2);
        assertThat(back.thinking()).isEqualTo("Two cities.");
        assertThat(back.attributes())
                .isEqualTo(Map.of("thinking_signature", "SIG", "redacted_thinking", List.of("R1")));
        assertThat(seen.get().messages()).hasSize(5);
        assertThat(((UserMessage) seen.get().messages().getLast()).contents()).hasSize(2);
    }

    @Test
    void toolsAreTypedWhereLangChain4jHasTypes() throws InterruptedException {
        var seen = new AtomicReference<ChatRequest>();
        var model = LangChain4jModel.of("host", streaming((request, handler) -> {
            seen.set(request);
            handler.onCompleteResponse(word("ok"));
        }));
        Asking.ask(model, Message.user("Hi"));

        JsonObjectSchema parameters = seen.get().toolSpecifications().getFirst().parameters();
        assertThat(parameters.required()).containsExactly("city");
        assertThat(parameters.properties().get("city").toString()).contains("minLength");
    }

    @Test
    void aStreamWithoutEndEnds() throws InterruptedException {
        var model = LangChain4jModel.of("host", streaming((request, handler) -> handler.onPartialResponse("Hello")))
                .idleTimeout(Duration.ofMillis(100));

        ModelFailure failure = Asking.fails(model);
        assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
        assertThat(failure).hasMessage("host: nothing came for PT0.1S, neither a piece of an answer nor its end");
    }

    @Test
    void anInterruptCancelsTheStreamAndNothingArrivesAfterwards() throws Exception {
        var handle = new AtomicBoolean();
        var later = new AtomicReference<StreamingChatResponseHandler>();
        var events = new java.util.concurrent.CopyOnWriteArrayList<ModelEvent>();
        var begun = new CountDownLatch(1);
        var model = LangChain4jModel.of("host", streaming((request, handler) -> {
            later.set(handler);
            Thread.ofVirtual()
                    .start(() -> handler.onPartialResponse(
                            new PartialResponse("Hello"), new PartialResponseContext(cancelled(handle))));
        }));
        var end = new AtomicReference<Throwable>();
        Thread asker = Thread.ofVirtual().start(() -> {
            try {
                model.stream(Asking.request(model, Message.user("Hi")), event -> {
                    events.add(event);
                    begun.countDown();
                });
            } catch (InterruptedException e) {
                end.set(e);
            }
        });
        assertThat(begun.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        asker.interrupt();
        asker.join();
        later.get().onPartialResponse("too late");
        later.get().onCompleteResponse(word("too late"));

        assertThat(end.get()).isInstanceOf(InterruptedException.class);
        assertThat(handle).isTrue();
        assertThat(events).containsExactly(new ModelEvent.TextDelta("Hello"));
    }

    private static StreamingHandle cancelled(AtomicBoolean flag) {
        return new StreamingHandle() {
            @Override
            public void cancel() {
                flag.set(true);
            }

            @Override
            public boolean isCancelled() {
                return flag.get();
            }
        };
    }

    @Test
    void aModelThatIsFasterThanItsAskerIsNotHeldForeverWhenTheAskerLeaves() throws Exception {
        var producer = new AtomicReference<Thread>();
        var model = LangChain4jModel.of(
                "host",
                streaming((request, handler) -> producer.set(Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < 3 * Handoff.CAPACITY; i++) {
                        handler.onPartialResponse("x");
                    }
                }))));
        Thread asker = Thread.ofVirtual().start(() -> {
            try {
                model.stream(Asking.request(model, Message.user("Hi")), event -> {
                    Awaitility.await().until(() -> producer.get().getState() == Thread.State.TIMED_WAITING);
                    Thread.currentThread().interrupt();
                });
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });

        asker.join();
        assertThat(producer.get().join(Duration.ofSeconds(SECONDS))).isTrue();
    }

    @Test
    void failuresOfLangChain4jAreTyped() throws InterruptedException {
        assertThat(kind(new RateLimitException("slow down"))).isEqualTo(Kind.RATE_LIMIT);
        assertThat(kind(new RuntimeException(new HttpException(
                        400, "{\"error\":{\"message\":\"prompt is too long: 3 tokens > 2 maximum\"}}"))))
                .isEqualTo(Kind.CONTEXT_OVERFLOW);
        assertThat(kind(new HttpException(529, "{}"))).isEqualTo(Kind.OVERLOADED);
        assertThat(kind(new dev.langchain4j.exception.AuthenticationException("no")))
                .isEqualTo(Kind.AUTH);
        assertThat(kind(new dev.langchain4j.exception.ContentFilteredException("no")))
                .isEqualTo(Kind.CONTENT_FILTER);
        assertThat(kind(new dev.langchain4j.exception.TimeoutException("no"))).isEqualTo(Kind.TIMEOUT);
        assertThat(kind(new java.io.IOException("reset"))).isEqualTo(Kind.NETWORK);
        assertThat(kind(new IllegalStateException("a bug"))).isEqualTo(Kind.OTHER);
    }

    private static Kind kind(Throwable thrown) throws InterruptedException {
        return Asking.fails(LangChain4jModel.of("host", streaming((request, handler) -> handler.onError(thrown))))
                .kind();
    }

    @Test
    void aModelThatDoesNotStreamIsShownWhenItIsThere() throws InterruptedException {
        var model = LangChain4jModel.of("host", new ChatModel() {
            @Override
            public ChatResponse doChat(ChatRequest request) {
                return word("Hello");
            }
        });
        Asking answer = Asking.ask(model, Message.user("Hi"));

        assertThat(answer.events())
                .containsExactly(
                        new ModelEvent.TextDelta("Hello"),
                        new ModelEvent.Completed(List.of(new Part.Text("Hello")), Usage.of(5, 2), "stop"));
    }

    @Test
    void aBeanOfTheHostsTalksToItsVendor() throws InterruptedException {
        try (var vendor = new FakeVendor(FakeVendor.of(200, "application/json", """
                {"choices":[{"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}],\
                "usage":{"prompt_tokens":9,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens":1}}"""))) {
            var model = LangChain4jModel.of(
                    "host",
                    OpenAiChatModel.builder()
                            .baseUrl(vendor.url())
                            .apiKey("k")
                            .modelName("m")
                            .maxRetries(0)
                            .build());

            assertThat(Asking.ask(model, Message.user("Hi")).completed())
                    .isEqualTo(new ModelEvent.Completed(
                            List.of(new Part.Text("Hello")), new Usage(5L, 4L, null, 1L, null), "stop"));
            vendor.answers(FakeVendor.of(429, "application/json", "{\"error\":{\"message\":\"slow down\"}}"));
            assertThat(Asking.fails(model).kind()).isEqualTo(Kind.RATE_LIMIT);
            assertThat(vendor.asked()).hasSize(2);
        }
    }

    @Test
    void anAnswerOfTheContentFilterIsNone() throws InterruptedException {
        var model = LangChain4jModel.of(
                "host",
                streaming((request, handler) -> handler.onCompleteResponse(ChatResponse.builder()
                        .aiMessage(AiMessage.from("I"))
                        .finishReason(FinishReason.CONTENT_FILTER)
                        .build())));

        assertThat(Asking.fails(model).kind()).isEqualTo(Kind.CONTENT_FILTER);
    }

    @Test
    void aSchemaThatTheModelTakesNoFieldForIsSaidInWords() throws InterruptedException {
        var seen = new AtomicReference<ChatRequest>();
        var model = LangChain4jModel.of("host", streaming((request, handler) -> {
            seen.set(request);
            handler.onCompleteResponse(word("{}"));
        }));
        Asking.ask(
                model,
                new ModelRequest(
                        model.spec(), List.of(), List.of(Message.user("Hi")), List.of(), "{\"type\":\"object\"}"));

        assertThat(seen.get().messages().getFirst().toString()).contains("{\"type\":\"object\"}");
        assertThat(seen.get().responseFormat()).isNull();
    }
}
