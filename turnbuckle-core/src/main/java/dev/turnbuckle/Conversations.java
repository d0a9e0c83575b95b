package dev.turnbuckle;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a model's vendor accepts as history. */
final class Conversations {
    private Conversations() {}

    /** Each call has its result before anybody speaks again, and no result comes without a call. */
    static void requireWhole(List<Message> messages) {
        if (messages.isEmpty()) {
            throw new InvalidInputException("there is nothing to append; give at least one message");
        }
        Set<String> open = new LinkedHashSet<>();
        for (Message message : messages) {
            if (message.role() != Message.Role.TOOL) {
                requireClosed(open);
                message.toolCalls().forEach(call -> open.add(call.id()));
            }
            for (Part part : message.parts()) {
                if (part instanceof Part.ToolResult result && !open.remove(result.callId())) {
                    throw new InvalidInputException("the result for call \"" + result.callId()
                            + "\" follows no such call; append both, or neither");
                }
            }
        }
        requireClosed(open);
    }

    private static void requireClosed(Set<String> open) {
        if (!open.isEmpty()) {
            throw new InvalidInputException("the calls " + open
                    + " have no result; a model's vendor accepts no call without one: append a TOOL message with it");
        }
    }
}
