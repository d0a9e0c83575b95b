package dev.turnbuckle.tool;

import dev.turnbuckle.internal.codec.Json;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * What the model can call. Made from a record and a lambda ({@link #read}, {@link #idempotent}, {@link #once}), from
 * {@link ToolMethod annotated methods}, or by hand. Called on a task of its own; may block; is interrupted on cancel
 * and timeout.
 */
public interface Tool {
    ToolSpec spec();

    /** Performs one call. What it throws becomes an error result that the model reads. */
    ToolResult call(ToolCall call, ToolContext context) throws Exception;

    /** Whether a person must approve this call before it starts. */
    default boolean approvalNeeded(ToolCall call) {
        return false;
    }

    default String name() {
        return spec().name();
    }

    static <I> Tool read(String name, String description, Class<I> input, ToolFunction<I> function) {
        return FunctionTool.of(name, description, input, EffectClass.READ, (i, c) -> function.apply(i));
    }

    static <I> Tool read(String name, String description, Class<I> input, ToolBody<I> body) {
        return FunctionTool.of(name, description, input, EffectClass.READ, body);
    }

    static <I> Tool idempotent(String name, String description, Class<I> input, ToolFunction<I> function) {
        return FunctionTool.of(name, description, input, EffectClass.IDEMPOTENT, (i, c) -> function.apply(i));
    }

    static <I> Tool idempotent(String name, String description, Class<I> input, ToolBody<I> body) {
        return FunctionTool.of(name, description, input, EffectClass.IDEMPOTENT, body);
    }

    static <I> Tool once(String name, String description, Class<I> input, ToolFunction<I> function) {
        return FunctionTool.of(name, description, input, EffectClass.ONCE, (i, c) -> function.apply(i));
    }

    static <I> Tool once(String name, String description, Class<I> input, ToolBody<I> body) {
        return FunctionTool.of(name, description, input, EffectClass.ONCE, body);
    }

    /** What follows when a crash took the outcome of a started {@code ONCE} call. */
    default Tool ifUnknown(OnUnknown policy) {
        return new AdjustedTool(this, spec().with(policy), this::approvalNeeded);
    }

    default Tool timeout(Duration timeout) {
        return limits(spec().limits().timeout(timeout));
    }

    /** Tries a failing body again, {@code READ} and {@code IDEMPOTENT} only; attempts of one effect (J12). */
    default Tool retries(int attempts, Duration backoff) {
        return limits(spec().limits().retries(attempts, backoff));
    }

    /** How long a person may take over a call of this tool; then it counts as refused (J16). */
    default Tool decideWithin(Duration atMost) {
        return limits(spec().limits().decision(atMost));
    }

    /**
     * Puts a call that nobody decided within this time before somebody else too: observers are told, and the open wait
     * says so (J16).
     *
     * @param to a name of the host's: a person, a role, a queue
     */
    default Tool escalate(Duration after, String to) {
        return limits(spec().limits().escalation(after, to));
    }

    default Tool limits(ToolSpec.Limits limits) {
        return new AdjustedTool(this, spec().with(limits), this::approvalNeeded);
    }

    /** Calls for which the test holds wait for a person before they start. */
    default <I> Tool needsApproval(Class<I> input, Predicate<I> when) {
        return new AdjustedTool(
                this, spec(), call -> approvalNeeded(call) || when.test(Json.<I>readUser(call.arguments(), input)));
    }
}
