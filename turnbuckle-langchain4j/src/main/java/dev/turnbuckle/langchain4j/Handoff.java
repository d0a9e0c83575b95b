package dev.turnbuckle.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.PartialToolCallContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelFailure;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings the callbacks of a foreign model to the thread that asked it. They may come on any thread, also on the asking
 * one before {@code chat} returns; these go on at once, the others wait in a bounded queue. When the asker has left,
 * callbacks are dropped, and the first one that carries a handle cancels the stream: before it there is nothing to
 * cancel by.
 */
final class Handoff implements StreamingChatResponseHandler, AutoCloseable {
    /** Events on their way; a model that is faster waits. */
    static final int CAPACITY = 1_024;

    /** How often a model that waits looks whether the asker has left. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private sealed interface Signal {
        record Delta(ModelEvent event) implements Signal {}

        /** A sign of life that nobody sees, such as a piece of a call's arguments. */
        record Alive() implements Signal {}

        record Answer(ChatResponse response) implements Signal {}

        record Failure(Throwable failure) implements Signal {}
    }

    private final Consumer<ModelEvent> events;
    private final Thread asker = Thread.currentThread();
    private final ArrayBlockingQueue<Signal> signals = new ArrayBlockingQueue<>(CAPACITY);
    private volatile @Nullable StreamingHandle handle;
    private volatile boolean closed;

    /** Ends that came on the asking thread; the queue is not for those. */
    private @Nullable Signal own;

    Handoff(Consumer<ModelEvent> events) {
        this.events = events;
    }

    /** Passes events on until the answer is there. */
    ChatResponse await(Duration idle, String model) throws InterruptedException {
        while (true) {
            Signal signal = own != null ? own : signals.poll(idle.toNanos(), TimeUnit.NANOSECONDS);
            switch (signal) {
                case null ->
                    throw new ModelFailure(
                            ModelFailure.Kind.TIMEOUT,
                            model + ": nothing came for " + idle + ", neither a piece of an answer nor its end");
                case Signal.Delta(var event) -> events.accept(event);
                case Signal.Alive a -> {
                    // go on waiting
                }
                case Signal.Answer(var response) -> {
                    return response;
                }
                case Signal.Failure(var failure) -> throw ForeignFailure.of(model, failure);
            }
        }
    }

    /** Cancels what still streams; nothing reaches anybody afterwards. */
    @Override
    public void close() {
        closed = true;
        signals.clear();
        StreamingHandle running = handle;
        if (running != null && !running.isCancelled()) {
            running.cancel();
        }
    }

    private void hand(Signal signal, @Nullable StreamingHandle by) {
        if (by != null) {
            handle = by;
        }
        if (closed) {
            close();
        } else if (Thread.currentThread().equals(asker)) {
            handOwn(signal);
        } else {
            put(signal);
        }
    }

    private void handOwn(Signal signal) {
        if (signal instanceof Signal.Delta(var event)) {
            events.accept(event);
        } else if (own == null && !(signal instanceof Signal.Alive)) {
            own = signal;
        }
    }

    private void put(Signal signal) {
        try {
            while (!closed && !signals.offer(signal, LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                // the asker is slower than the model
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // a thread of the model's: its own business
        }
    }

    @Override
    public void onPartialResponse(String text) {
        hand(new Signal.Delta(new ModelEvent.TextDelta(text)), null);
    }

    @Override
    public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
        hand(new Signal.Delta(new ModelEvent.TextDelta(partial.text())), context.streamingHandle());
    }

    @Override
    public void onPartialThinking(PartialThinking partial) {
        hand(new Signal.Delta(new ModelEvent.ReasoningDelta(partial.text())), null);
    }

    @Override
    public void onPartialThinking(PartialThinking partial, PartialThinkingContext context) {
        hand(new Signal.Delta(new ModelEvent.ReasoningDelta(partial.text())), context.streamingHandle());
    }

    @Override
    public void onPartialToolCall(PartialToolCall partial, PartialToolCallContext context) {
        hand(new Signal.Alive(), context.streamingHandle());
    }

    @Override
    public void onUnmappedRawEvent(Object event) {
        hand(new Signal.Alive(), null);
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
        hand(new Signal.Answer(response), null);
    }

    @Override
    public void onError(Throwable failure) {
        hand(new Signal.Failure(failure), null);
    }
}
