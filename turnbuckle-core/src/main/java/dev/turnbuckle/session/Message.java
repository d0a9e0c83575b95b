package dev.turnbuckle.session;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One item of history.
 *
 * @param interrupted true for a partial answer that a cancel cut off
 */
public record Message(Role role, List<Part> parts, boolean interrupted) {
    public enum Role {
        USER,
        ASSISTANT,
        TOOL,
        /** Words of the runtime to the model: a summary, a mended call. */
        RUNTIME
    }

    public Message {
        parts = List.copyOf(parts);
    }

    public static Message user(String text) {
        return new Message(Role.USER, List.of(new Part.Text(text)), false);
    }

    public static Message runtime(String text) {
        return new Message(Role.RUNTIME, List.of(new Part.Text(text)), false);
    }

    public static Message of(Role role, List<? extends Part> parts) {
        return new Message(role, List.copyOf(parts), false);
    }

    /** The text parts, joined. */
    public String text() {
        return parts.stream()
                .map(p -> p instanceof Part.Text t ? t.text() : null)
                .filter(Message::present)
                .collect(Collectors.joining());
    }

    public List<Part.ToolCall> toolCalls() {
        return parts.stream()
                .filter(Part.ToolCall.class::isInstance)
                .map(Part.ToolCall.class::cast)
                .toList();
    }

    private static boolean present(@Nullable String text) {
        return text != null;
    }
}
