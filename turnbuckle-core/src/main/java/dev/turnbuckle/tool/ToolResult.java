package dev.turnbuckle.tool;

/** @param error true when the model should know that the call did not do what it asked */
public record ToolResult(String text, boolean error) {
    public static ToolResult of(String text) {
        return new ToolResult(text, false);
    }

    public static ToolResult error(String text) {
        return new ToolResult(text, true);
    }
}
