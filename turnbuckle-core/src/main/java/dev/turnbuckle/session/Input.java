package dev.turnbuckle.session;

import dev.turnbuckle.error.InvalidInputException;
import java.time.Duration;
import java.util.ArrayList;
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
 * @param attachments bytes of the parts that refer to some; {@link #attach} keeps the two together
 */
public record Input(
        List<Part> parts,
        @Nullable String key,
        Map<String, String> context,
        @Nullable Class<?> answerType,
        Duration delay,
        List<Attachment> attachments) {
    /** Bound of what is attached to one input, in bytes. */
    public static final long MAX_ATTACHED_BYTES = 64L << 20;

    /** Bound of the context's size: names and values together, in characters. */
    public static final int MAX_CONTEXT_CHARS = 4_096;

    public static final int MAX_KEY_CHARS = 256;

    public Input {
        parts = List.copyOf(parts);
        context = Map.copyOf(context);
        attachments = List.copyOf(attachments);
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
        long attached = attachments.stream().mapToLong(a -> a.ref().size()).sum();
        if (attached > MAX_ATTACHED_BYTES) {
            throw new InvalidInputException("the attachments of one input are limited to " + MAX_ATTACHED_BYTES
                    + " bytes together, these have " + attached);
        }
    }

    public static Input text(String text) {
        return of(List.of(new Part.Text(Objects.requireNonNull(text))));
    }

    public static Input of(List<Part> parts) {
        return new Input(parts, null, Map.of(), null, Duration.ZERO, List.of());
    }

    public Input key(String key) {
        return new Input(parts, key, context, answerType, delay, attachments);
    }

    public Input context(String name, String value) {
        var more = new TreeMap<>(context);
        more.put(name, value);
        return new Input(parts, key, more, answerType, delay, attachments);
    }

    /** The answer must be JSON that fits this record; read it with {@link TurnOutcome#value}. */
    public Input answer(Class<?> type) {
        return new Input(parts, key, context, type, delay, attachments);
    }

    public Input after(Duration delay) {
        return new Input(parts, key, context, answerType, delay, attachments);
    }

    /**
     * Adds a file that the model sees after what was said before: an image, a document. Its bytes are stored with the
     * input, once for equal bytes.
     *
     * @param mediaType as in {@code image/png}; what a model takes is its vendor's
     */
    public Input attach(String name, String mediaType, byte[] bytes) {
        Attachment added = Attachment.of(name, mediaType, bytes);
        var files = new ArrayList<>(attachments);
        files.add(added);
        var more = new ArrayList<>(parts);
        more.add(added.ref());
        return new Input(more, key, context, answerType, delay, files);
    }
}
