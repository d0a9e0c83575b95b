package dev.turnbuckle.internal.worker;

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

    /** Runs a performed effect in a span below the turn's, with the log context set on its thread. */
    <T> T spanned(Context turn, String session, String turnId, String kind, String name, String key, Callable<T> body)
            throws Exception {
        Span span = tracer().spanBuilder("turnbuckle." + kind)
                .setParent(turn)
                .setAttribute(SESSION, session)
                .setAttribute(TURN, turnId)
                .setAttribute("turnbuckle." + kind + ".name", name)
                .setAttribute("turnbuckle.effect", key)
                .startSpan();
        try (Scope scope = turn.with(span).makeCurrent();
                var log = logContext(session, turnId)) {
            return body.call();
        } catch (Exception e) {
            span.setStatus(StatusCode.ERROR, e.getClass().getSimpleName());
            throw e;
        } finally {
            span.end();
        }
    }

    static LogContext logContext(String session, String turn) {
        MDC.put(SESSION, session);
        MDC.put(TURN, turn);
        return () -> {
            MDC.remove(SESSION);
            MDC.remove(TURN);
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
