package dev.turnbuckle.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The messages of a request as LangChain4j's, in a form that vendors accept whatever history looks like: each call has
 * its result right after it, each result its call, ids are used once, the first word is the user's and so is the last.
 *
 * <p>What LangChain4j's messages cannot hold stands in {@link #blocks}; a text that {@link #blockOf} recognizes marks
 * its place.
 */
final class Conversation {
    static final String NO_RESULT = "No result is known: the turn ended before this call did.";
    static final String CUT_OFF = "[This answer was cut off here.]";
    static final String GO_ON = "Go on.";

    private static final String MARK = "\uE000turnbuckle block ";
    private static final String RUNTIME = "[runtime] ";

    private final Form form;
    private final Contents contents;
    private final CallIds ids = new CallIds();
    private final List<ChatMessage> messages = new ArrayList<>();
    private final List<JsonNode> blocks = new ArrayList<>();

    /** Calls of the last answer that have no result yet, by the id that history has. */
    private final Map<String, Part.ToolCall> open = new LinkedHashMap<>();

    private Conversation(Form form, Contents contents) {
        this.form = form;
        this.contents = contents;
    }

    static Conversation of(ModelRequest request, Form form) {
        var conversation = new Conversation(form, new Contents(form, request.attachments()));
        for (String component : request.system()) {
            if (!component.isBlank()) {
                conversation.messages.add(SystemMessage.from(component));
            }
        }
        int first = conversation.messages.size();
        request.messages().forEach(conversation::add);
        conversation.closeCalls();
        conversation.frame(first);
        return conversation;
    }

    List<ChatMessage> messages() {
        return List.copyOf(messages);
    }

    /** What stands where this text does; {@code null} when the text is a text. */
    @Nullable JsonNode blockOf(@Nullable String text) {
        if (text == null || !text.startsWith(MARK)) {
            return null;
        }
        String number = text.substring(MARK.length());
        return number.matches("\\d{1,6}") && Integer.parseInt(number) < blocks.size()
                ? blocks.get(Integer.parseInt(number))
                : null;
    }

    private void add(Message message) {
        if (message.role() != Message.Role.TOOL) {
            closeCalls();
        }
        switch (message.role()) {
            case USER -> addUser(message, "");
            case RUNTIME -> addUser(message, RUNTIME);
            case ASSISTANT -> addAnswer(message);
            case TOOL -> message.parts().forEach(this::addResult);
        }
    }

    private void addUser(Message message, String before) {
        var said = new ArrayList<Content>();
        if (form.joinsUsers() && !messages.isEmpty() && messages.getLast() instanceof UserMessage last) {
            said.addAll(last.contents());
            messages.removeLast();
        }
        said.addAll(contents.of(message.parts(), before));
        messages.add(UserMessage.from(said));
    }

    private void addResult(Part part) {
        if (part instanceof Part.ToolResult result) {
            Part.ToolCall call = open.remove(result.callId());
            if (call != null) {
                addResult(call, result.content(), result.error());
            }
        }
    }

    private void addResult(Part.ToolCall call, String content, boolean error) {
        messages.add(ToolExecutionResultMessage.builder()
                .id(call.id())
                .toolName(call.name())
                .text(content)
                .isError(error)
                .build());
    }

    private void closeCalls() {
        List.copyOf(open.values()).forEach(call -> addResult(call, NO_RESULT, true));
        open.clear();
    }

    private void addAnswer(Message message) {
        var answer = new AnswerPieces(form.thinking(message.parts()), form.attributes(message.parts()));
        List<Part> parts = message.parts().stream().map(this::withOwnId).toList();
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            JsonNode block = form.block(part, i + 1 < parts.size() ? parts.get(i + 1) : null);
            if (block != null) {
                answer.addBlock(MARK + blocks.size());
                blocks.add(block);
            } else if (part instanceof Part.Text text && !text.text().isBlank()) {
                answer.addText(text.text(), form.blockwise());
            } else if (part instanceof Part.ToolCall call) {
                answer.addCall(call);
            }
        }
        if (message.interrupted()) {
            answer.addText(CUT_OFF, form.blockwise());
        }
        messages.addAll(answer.messages());
    }

    private Part withOwnId(Part part) {
        if (part instanceof Part.ToolCall call) {
            var own = new Part.ToolCall(ids.of(call.id()), call.name(), call.arguments());
            open.put(call.id(), own);
            return own;
        }
        return part;
    }

    private void frame(int first) {
        if (messages.size() == first || !(messages.get(first) instanceof UserMessage)) {
            messages.add(first, UserMessage.from(GO_ON));
        }
        if (messages.getLast() instanceof AiMessage) {
            messages.add(UserMessage.from(GO_ON));
        }
    }

    /** One answer, cut into as many messages as its order needs. */
    private static final class AnswerPieces {
        private final @Nullable String thinking;
        private final Map<String, Object> attributes;
        private final List<ChatMessage> done = new ArrayList<>();
        private final StringBuilder text = new StringBuilder();
        private final List<ToolExecutionRequest> calls = new ArrayList<>();

        AnswerPieces(@Nullable String thinking, Map<String, Object> attributes) {
            this.thinking = thinking;
            this.attributes = attributes;
        }

        void addText(String next, boolean blockwise) {
            if (blockwise) {
                close();
            }
            text.append(next);
        }

        void addBlock(String mark) {
            close();
            text.append(mark);
            close();
        }

        void addCall(Part.ToolCall call) {
            calls.add(ToolExecutionRequest.builder()
                    .id(call.id())
                    .name(call.name())
                    .arguments(call.arguments())
                    .build());
        }

        private void close() {
            if (!text.isEmpty() || !calls.isEmpty()) {
                done.add(AiMessage.builder()
                        .text(text.isEmpty() ? null : text.toString())
                        .thinking(done.isEmpty() ? thinking : null)
                        .attributes(done.isEmpty() ? attributes : Map.of())
                        .toolExecutionRequests(List.copyOf(calls))
                        .build());
            }
            text.setLength(0);
            calls.clear();
        }

        List<ChatMessage> messages() {
            close();
            return done;
        }
    }
}
