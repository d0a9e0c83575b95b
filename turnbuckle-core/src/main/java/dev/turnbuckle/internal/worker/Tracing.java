package dev.turnbuckle.internal.worker;

import dev.turnbuckle.store.Turns;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Spans and log context: names and ids only, never content. */
public final class Tracing {
    private static final String SESSION = "turnbuckle.session";
    private static final String TURN = "turnbuckle.turn";
    private static final String CONTEXT = "turnbuckle.context.";

    private final @Nullable OpenTelemetry given;
    private volatile @Nullable Tracer made;

    /** @param telemetry {@code null} for the global one, which is looked up with the first turn: the host sets it when it starts */
    Tracing(@Nullable OpenTelemetry telemetry) {
        this.given = telemetry;
    }

    private Tracer tracer() {
        Tracer tracer = made;
        if (tracer == null) {
            tracer = (given == null ? GlobalOpenTelemetry.get() : given).getTracer("dev.turnbuckle");
            made = tracer;
        }
        return tracer;
    }

    /** The caller's trace context in W3C form, to travel with an input; {@code null} when there is none. */
    public static @Nullable String current() {
        var carrier = new HashMap<String, String>();
        W3CTraceContextPropagator.getInstance()
                .inject(
                        Context.current(),
                        carrier,
                        (c, k, v) -> java.util.Objects.requireNonNull(c).put(k, v));
        return carrier.get("traceparent");
    }

    Context startTurn(String session, String turn, String agent, @Nullable String traceparent) {
        Context parent = traceparent == null
                ? Context.root()
                : W3CTraceContextPropagator.getInstance()
                        .extract(Context.root(), Map.of("traceparent", traceparent), Getter.INSTANCE);
        Span span = tracer().spanBuilder("turnbuckle.turn")
                .setParent(parent)
                .setAttribute(SESSION, session)
                .setAttribute(TURN, turn)
                .setAttribute("turnbuckle.agent", agent)
                .startSpan();
        return parent.with(span);
    }

    /**
     * The turn that is traced.
     *
     * @param context of the input that opened it, for logs
     */
    record Of(Turns.TurnRef ref, Context trace, Map<String, String> context) {}

    /** Runs a performed effect in a span below the turn's, with the log context set on its thread. */
    <T> T spanned(Of turn, String kind, String name, String key, Callable<T> body) throws Exception {
        Span span = tracer().spanBuilder("turnbuckle." + kind)
                .setParent(turn.trace())
                .setAttribute(SESSION, turn.ref().session())
                .setAttribute(TURN, turn.ref().turn().value())
                .setAttribute("turnbuckle." + kind + ".name", name)
                .setAttribute("turnbuckle.effect", key)
                .startSpan();
        try (Scope scope = turn.trace().with(span).makeCurrent();
                var log = logContext(turn.ref().session(), turn.ref().turn().value(), turn.context())) {
            return body.call();
        } catch (Exception e) {
            span.setStatus(StatusCode.ERROR, e.getClass().getSimpleName());
            throw e;
        } finally {
            span.end();
        }
    }

    /** @param context of the input that opened the turn (Q1) */
    static LogContext logContext(String session, String turn, Map<String, String> context) {
        MDC.put(SESSION, session);
        MDC.put(TURN, turn);
        context.forEach((name, value) -> MDC.put(CONTEXT + name, value));
        return () -> {
            MDC.remove(SESSION);
            MDC.remove(TURN);
            context.keySet().forEach(name -> MDC.remove(CONTEXT + name));
        };
    }

    interface LogContext extends AutoCloseable {
        @Override
        void close();
    }

    private enum Getter implements TextMapGetter<Map<String, String>> {
        INSTANCE;

        @Override
        @SuppressWarnings("deprecation") // abstract in the oldest supported version
        public Iterable<String> keys(Map<String, String> carrier) {
            return List.copyOf(carrier.keySet());
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> carrier, String key) {
            return carrier == null ? null : carrier.get(key);
        }
    }
}
