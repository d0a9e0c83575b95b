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
 * @param attachments bytes of the messages' references; they are identified by the references, not by this
 */
public record ModelRequest(
        ModelSpec model,
        List<String> system,
        List<Message> messages,
        List<ToolSpec> tools,
        @Nullable String answerSchema,
        Attachments attachments) {
    public ModelRequest {
        system = List.copyOf(system);
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
    }

    /** A request whose messages refer to no bytes. */
    public ModelRequest(
            ModelSpec model,
            List<String> system,
            List<Message> messages,
            List<ToolSpec> tools,
            @Nullable String answerSchema) {
        this(model, system, messages, tools, answerSchema, Attachments.NONE);
    }
}
