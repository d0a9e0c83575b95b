package dev.turnbuckle.tool;

import org.jspecify.annotations.Nullable;

/**
 * A tool's body that needs nothing but its arguments. Text is returned to the model as it is, everything else as JSON.
 * A {@code void} body returns something: {@code m -> { mail.send(m); return "sent"; }}.
 */
@FunctionalInterface
public interface ToolFunction<I> {
    @Nullable Object apply(I input) throws Exception;
}
