package dev.turnbuckle.session;

import dev.turnbuckle.error.InvalidInputException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What you send. Immutable; each wither returns a copy.
 *
 * @param key idempotency key: the same key with the same content is accepted once (Q2)
 * @param context small durable names and values (tenant, user) that tools can read on any node (Q1)
 * @param answerType the type that the answer must have; its schema travels with the input
 * @param delay how long the input waits before a turn may take it (Q6)
 */
public record Input(
        List<Part> parts,
        @Nullable String key,
        Map<String, String> context,
        @Nullable Class<?> answerType,
        Duration delay) {
    /** Bound of the context's size: names and values together, in characters. */
    public static final int MAX_CONTEXT_CHARS = 4_096;

    public static final int MAX_KEY_CHARS = 256;

    public Input {
        parts = List.copyOf(parts);
        context = Map.copyOf(context);
        if (parts.isEmpty()) {
            throw new InvalidInputException("an input needs at least one part; use Input.text(\"…\")");
        }
        if (key != null && (key.isBlank() || key.length() > MAX_KEY_CHARS)) {
            throw new InvalidInputException(
                    "an idempotency key has 1 to " + MAX_KEY_CHARS + " characters, this one has " + key.length());
        }
        int chars = context.entrySet().stream()
                .mapToInt(e -> e.getKey().length() + e.getValue().length())
                .sum();
        if (chars > MAX_CONTEXT_CHARS) {
            throw new InvalidInputException("an input's context is limited to " + MAX_CONTEXT_CHARS
                    + " characters, this one has " + chars + "; keep ids in it, not documents");
        }
        if (delay.isNegative()) {
            throw new InvalidInputException("an input's delay must not be negative: " + delay);
        }
    }

    public static Input text(String text) {
        return of(List.of(new Part.Text(Objects.requireNonNull(text))));
    }

    public static Input of(List<Part> parts) {
        return new Input(parts, null, Map.of(), null, Duration.ZERO);
    }

    public Input key(String key) {
        return new Input(parts, key, context, answerType, delay);
    }

    public Input context(String name, String value) {
        var more = new TreeMap<>(context);
        more.put(name, value);
        return new Input(parts, key, more, answerType, delay);
    }

    /** The answer must be JSON that fits this record; read it with {@link TurnOutcome#value}. */
    public Input answer(Class<?> type) {
        return new Input(parts, key, context, type, delay);
    }

    public Input after(Duration delay) {
        return new Input(parts, key, context, answerType, delay);
    }
}
