package dev.turnbuckle.tool;

import java.util.function.Predicate;

/** A tool with another spec or approval rule. */
record AdjustedTool(Tool tool, ToolSpec spec, Predicate<ToolCall> approval) implements Tool {
    @Override
    public ToolResult call(ToolCall call, ToolContext context) throws Exception {
        return tool.call(call, context);
    }

    @Override
    public boolean approvalNeeded(ToolCall call) {
        return approval.test(call);
    }
}
