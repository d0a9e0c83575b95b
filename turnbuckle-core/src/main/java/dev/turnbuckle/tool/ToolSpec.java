package dev.turnbuckle.tool;

import dev.turnbuckle.error.InvalidInputException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is said about a tool: to the model (name, description, schema) and to the runtime.
 *
 * @param schema JSON schema of the arguments, an object
 */
public record ToolSpec(
        String name, String description, String schema, EffectClass effectClass, OnUnknown onUnknown, Limits limits) {
    /**
     * Bounds of one call (J20).
     *
     * @param outputChars what the model sees of an output; the rest goes to an attachment
     * @param concurrency calls of this tool at once in one process
     * @param attempts how often a failing {@code READ} or {@code IDEMPOTENT} body is tried
     * @param backoff pause before the second attempt, doubled for each further one
     * @param decision how long a person may take over a call of this tool; then the answer is no (J16)
     * @param escalation who else is told when a decision takes long; {@code null} for nobody (J16)
     */
    public record Limits(
            Duration timeout,
            int outputChars,
            int concurrency,
            int attempts,
            Duration backoff,
            Duration decision,
            @Nullable Escalation escalation) {
        public static final Limits DEFAULT =
                new Limits(Duration.ofMinutes(2), 64 * 1024, 64, 1, Duration.ofMillis(200), Duration.ofDays(30), null);

        /**
         * @param after how long a decision may take before it is put before somebody else too
         * @param to a name of the host's: a person, a role, a queue
         */
        public record Escalation(Duration after, String to) {
            public Escalation {
                if (after.isNegative() || after.isZero() || to.isBlank()) {
                    throw new InvalidInputException("an escalation has a positive time and somebody to tell: after "
                            + after + ", to \"" + to + "\"");
                }
            }
        }

        public Limits timeout(Duration next) {
            return new Limits(next, outputChars, concurrency, attempts, backoff, decision, escalation);
        }

        public Limits retries(int most, Duration pause) {
            return new Limits(timeout, outputChars, concurrency, most, pause, decision, escalation);
        }

        public Limits decision(Duration atMost) {
            return new Limits(timeout, outputChars, concurrency, attempts, backoff, atMost, escalation);
        }

        public Limits escalation(Duration after, String to) {
            return new Limits(
                    timeout, outputChars, concurrency, attempts, backoff, decision, new Escalation(after, to));
        }

        public Limits {
            if (timeout.isNegative()
                    || timeout.isZero()
                    || outputChars < 1
                    || concurrency < 1
                    || attempts < 1
                    || backoff.isNegative()
                    || decision.isNegative()
                    || decision.isZero()) {
                throw new InvalidInputException("a tool's limits must be positive: timeout " + timeout + ", output "
                        + outputChars + ", concurrency " + concurrency + ", attempts " + attempts);
            }
        }
    }

    public ToolSpec {
        if (!name.matches("[a-zA-Z0-9_-]{1,64}")) {
            throw new InvalidInputException(
                    "a tool's name is 1 to 64 letters, digits, '_' or '-' (vendors take no other): \"" + name + "\"");
        }
        if (effectClass == EffectClass.ONCE && limits.attempts() > 1) {
            throw new InvalidInputException("tool \"" + name + "\" is ONCE and cannot be retried by itself; use "
                    + "Tool.idempotent(…) with the idempotency key, or one attempt");
        }
    }

    public static ToolSpec of(String name, String description, String schema, EffectClass effectClass) {
        return new ToolSpec(name, description, schema, effectClass, OnUnknown.TELL_MODEL, Limits.DEFAULT);
    }

    ToolSpec with(OnUnknown policy) {
        return new ToolSpec(name, description, schema, effectClass, policy, limits);
    }

    ToolSpec with(Limits next) {
        return new ToolSpec(name, description, schema, effectClass, onUnknown, next);
    }
}
