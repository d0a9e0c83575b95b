package dev.turnbuckle.tool;

import org.jspecify.annotations.Nullable;

/** A tool's body that uses the durable context of its call. What it returns follows {@link ToolFunction}. */
@FunctionalInterface
public interface ToolBody<I> {
    @Nullable Object apply(I input, ToolContext context) throws Exception;
}
