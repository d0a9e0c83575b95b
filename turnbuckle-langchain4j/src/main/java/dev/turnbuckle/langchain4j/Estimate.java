package dev.turnbuckle.langchain4j;

import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;

/** A guess of a call's tokens, for limiters. */
final class Estimate {
    private static final int CHARS_PER_TOKEN = 4;

    /** What vendors count for an image of usual size. */
    private static final int TOKENS_PER_FILE = 1_500;

    private Estimate() {}

    /** What the request takes; the answer comes on top. */
    static long of(ModelRequest request) {
        long chars = request.system().stream().mapToLong(String::length).sum()
                + request.tools().stream()
                        .mapToLong(t -> t.description().length() + t.schema().length())
                        .sum();
        long tokens = chars / CHARS_PER_TOKEN;
        for (Message message : request.messages()) {
            for (Part part : message.parts()) {
                tokens += of(part);
            }
        }
        return tokens;
    }

    private static long of(Part part) {
        return switch (part) {
            case Part.Text t -> t.text().length() / CHARS_PER_TOKEN;
            case Part.Reasoning r -> r.text().length() / CHARS_PER_TOKEN;
            case Part.ToolCall c -> c.arguments().length() / CHARS_PER_TOKEN;
            case Part.ToolResult r -> r.content().length() / CHARS_PER_TOKEN;
            case Part.Opaque o -> o.json().length() / CHARS_PER_TOKEN;
            case Part.AttachmentRef a -> TOKENS_PER_FILE;
        };
    }
}
