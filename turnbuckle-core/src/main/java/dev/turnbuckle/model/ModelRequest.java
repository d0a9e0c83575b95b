package dev.turnbuckle.model;

import dev.turnbuckle.session.Message;
import dev.turnbuckle.tool.ToolSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request, complete: a model holds no state between two of them.
 *
 * @param system prompt components in order
 * @param answerSchema JSON schema that a final answer must fit
 */
public record ModelRequest(
        ModelSpec model,
        List<String> system,
        List<Message> messages,
        List<ToolSpec> tools,
        @Nullable String answerSchema) {
    public ModelRequest {
        system = List.copyOf(system);
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
    }
}
