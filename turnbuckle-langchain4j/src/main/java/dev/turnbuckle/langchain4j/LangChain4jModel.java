package dev.turnbuckle.langchain4j;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.model.ModelSpec;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Any model of LangChain4j that the host has built: for vendors that {@link VendorModels} does not know, or to use a
 * bean that is there already. Set its {@code maxRetries} to 0, the turn retries; to have thoughts carried back, set its
 * {@code returnThinking} and {@code sendThinking}. Thread-safe when the wrapped model is. The host closes what it built.
 */
public final class LangChain4jModel implements Model {
    /** One of the two kinds of models. */
    private sealed interface Wrapped {
        record Streaming(StreamingChatModel model) implements Wrapped {}

        record Blocking(ChatModel model) implements Wrapped {}
    }

    private final ModelSpec spec;
    private final Wrapped wrapped;
    private final LangChain4jForm form;
    private final boolean schemas;
    private final Duration idle;
    private final @Nullable ModelLimiter limiter;

    private LangChain4jModel(
            ModelSpec spec,
            Wrapped wrapped,
            LangChain4jForm form,
            boolean schemas,
            Duration idle,
            @Nullable ModelLimiter limiter) {
        if (idle.isZero() || idle.isNegative()) {
            throw new InvalidInputException("the idle timeout of a model must be positive: " + idle);
        }
        this.spec = spec;
        this.wrapped = wrapped;
        this.form = form;
        this.schemas = schemas;
        this.idle = idle;
        this.limiter = limiter;
    }

    /** A model that streams. Cancelled turns cancel its stream as soon as it has begun. */
    public static LangChain4jModel of(String name, StreamingChatModel model) {
        return of(
                name,
                new Wrapped.Streaming(Objects.requireNonNull(model)),
                model.provider(),
                model.supportedCapabilities());
    }

    /** A model that answers in one piece: shown when it is there. Its own timeout bounds the call. */
    public static LangChain4jModel of(String name, ChatModel model) {
        return of(
                name,
                new Wrapped.Blocking(Objects.requireNonNull(model)),
                model.provider(),
                model.supportedCapabilities());
    }

    private static LangChain4jModel of(
            String name, Wrapped wrapped, @Nullable ModelProvider provider, Set<Capability> capabilities) {
        if (name.isBlank()) {
            throw new InvalidInputException("a model needs a name; it is what history remembers");
        }
        return new LangChain4jModel(
                ModelSpec.named(name),
                wrapped,
                new LangChain4jForm(provider == null ? ModelProvider.OTHER : provider),
                capabilities.contains(Capability.RESPONSE_FORMAT_JSON_SCHEMA),
                CallLimits.DEFAULT.idle(),
                null);
    }

    /** The longest silence of a stream; 5 minutes unless set. */
    public LangChain4jModel idleTimeout(Duration timeout) {
        return new LangChain4jModel(spec, wrapped, form, schemas, timeout, limiter);
    }

    public LangChain4jModel limiter(ModelLimiter limiter) {
        return new LangChain4jModel(spec, wrapped, form, schemas, idle, limiter);
    }

    /** What history and traces say about how the wrapped model is set up; it changes nothing in it. */
    public LangChain4jModel described(Map<String, String> parameters) {
        return new LangChain4jModel(new ModelSpec(spec.name(), parameters), wrapped, form, schemas, idle, limiter);
    }

    @Override
    public ModelSpec spec() {
        return spec;
    }

    @Override
    public void stream(ModelRequest request, Consumer<ModelEvent> events) throws InterruptedException {
        if (limiter == null) {
            ask(request, events);
            return;
        }
        try (ModelLimiter.Place place = limiter.enter(Estimate.of(request))) {
            ask(request, events);
        }
    }

    private void ask(ModelRequest request, Consumer<ModelEvent> events) throws InterruptedException {
        ChatRequest asked = form.request(request, schemas);
        switch (wrapped) {
            case Wrapped.Streaming(var model) -> stream(model, asked, events);
            case Wrapped.Blocking(var model) -> answer(model, asked, events);
        }
    }

    private void stream(StreamingChatModel model, ChatRequest request, Consumer<ModelEvent> events)
            throws InterruptedException {
        try (var handoff = new Handoff(events)) {
            try {
                model.chat(request, handoff);
            } catch (RuntimeException e) { // the edge to a foreign model: whatever it throws is its failure
                handoff.onError(e);
            }
            form.emitAnswer(handoff.await(idle, spec.name()), spec.name(), events);
        }
    }

    private void answer(ChatModel model, ChatRequest request, Consumer<ModelEvent> events) throws InterruptedException {
        try {
            var response = model.chat(request);
            form.emitWhole(response, spec.name(), events);
        } catch (RuntimeException e) { // the edge to a foreign model: whatever it throws is its failure
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while " + spec.name() + " answered");
            }
            throw e instanceof ModelFailure failure ? failure : ForeignFailure.of(spec.name(), e);
        }
    }

    @Override
    public String toString() {
        return spec.name();
    }
}
