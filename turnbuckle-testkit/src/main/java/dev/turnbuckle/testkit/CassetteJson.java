package dev.turnbuckle.testkit;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.testkit.RecordedCall.Answer;
import dev.turnbuckle.testkit.RecordedCall.Asked;
import dev.turnbuckle.testkit.RecordedCall.Catalogued;
import dev.turnbuckle.testkit.RecordedCall.Failed;
import dev.turnbuckle.testkit.RecordedCall.Told;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests and answers as a cassette shows them: secrets hidden, long texts as lists of lines, JSON inside of texts as
 * JSON. The same values give the same tree.
 */
final class CassetteJson {
    /** Longer texts are cut into several, at the ends of their lines and words. */
    static final int COLUMNS = 100;

    private final Secrets secrets;

    CassetteJson(Secrets secrets) {
        this.secrets = secrets;
    }

    ObjectNode request(Asked asked) {
        ObjectNode json = Json.object();
        json.set("model", text(asked.model().name()));
        if (!asked.model().parameters().isEmpty()) {
            ObjectNode parameters = json.putObject("parameters");
            asked.model().parameters().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(p -> parameters.set(p.getKey(), named(p.getKey(), p.getValue())));
        }
        ArrayNode system = json.putArray("system");
        asked.system().forEach(s -> system.add(text(s)));
        ArrayNode tools = json.putArray("tools");
        asked.tools().forEach(t -> tools.add(tool(t)));
        if (asked.answerSchema() != null) {
            json.set("answerSchema", schema(asked.answerSchema()));
        }
        ArrayNode messages = json.putArray("messages");
        asked.messages().forEach(m -> messages.add(message(m)));
        return json;
    }

    /** A value is also hidden for what its name says of it. */
    private JsonNode named(String name, String value) {
        String is = name + ": ";
        String hidden = secrets.hide(is + value);
        return text(hidden.startsWith(is) ? hidden.substring(is.length()) : value);
    }

    private ObjectNode tool(Catalogued tool) {
        ObjectNode json = Json.object().put("name", tool.name());
        json.set("description", text(tool.description()));
        json.set("schema", schema(tool.schema()));
        return json;
    }

    ObjectNode message(Message message) {
        ObjectNode json = Json.object().put("role", message.role().name().toLowerCase(Locale.ROOT));
        if (message.interrupted()) {
            json.put("interrupted", true);
        }
        if (message.parts().size() == 1 && message.parts().getFirst() instanceof Part.Text t) {
            json.set("text", text(t.text()));
        } else {
            json.set("parts", parts(message.parts()));
        }
        return json;
    }

    private ArrayNode parts(List<Part> parts) {
        ArrayNode json = Json.array();
        parts.forEach(p -> json.add(part(p)));
        return json;
    }

    private ObjectNode part(Part part) {
        ObjectNode json = Json.object();
        switch (part) {
            case Part.Text t -> json.set("text", text(t.text()));
            case Part.Reasoning r -> {
                json.set("reasoning", text(r.text()));
                if (r.signature() != null) {
                    json.set("signature", text(r.signature()));
                }
            }
            case Part.ToolCall c -> {
                json.set("call", text(c.name()));
                json.set("id", text(c.id()));
                json.set("arguments", textOrJson(c.arguments()));
            }
            case Part.ToolResult r -> {
                json.set("result", text(r.name()));
                json.set("id", text(r.callId()));
                json.set("content", textOrJson(r.content()));
                if (r.error()) {
                    json.put("error", true);
                }
            }
            case Part.AttachmentRef a -> {
                json.put("attachment", a.digest())
                        .put("mediaType", a.mediaType())
                        .put("size", a.size());
                json.set("name", text(a.name()));
            }
            case Part.Opaque o -> {
                json.put("opaque", o.vendor());
                json.set("json", textOrJson(o.json()));
            }
        }
        return json;
    }

    ObjectNode answer(Answer answer) {
        ObjectNode json = Json.object();
        switch (answer) {
            case Told told -> {
                if (!told.streamedItsParts()) {
                    json.set("streamed", streamed(told.streamed()));
                }
                json.set("parts", parts(told.completed().parts()));
                json.set("finish", text(told.completed().finishReason()));
                usage(json, told.completed().usage());
            }
            case Failed failed -> {
                if (!failed.streamed().isEmpty()) {
                    json.set("streamed", streamed(failed.streamed()));
                }
                json.put("failure", failed.failure().kind().name());
                json.set("message", text(String.valueOf(failed.failure().getMessage())));
                if (failed.failure().retryAfter() != null) {
                    json.put("retryAfter", failed.failure().retryAfter().toString());
                }
            }
        }
        return json;
    }

    private ArrayNode streamed(List<ModelEvent> deltas) {
        ArrayNode json = Json.array();
        for (ModelEvent delta : deltas) {
            switch (delta) {
                case ModelEvent.TextDelta t -> json.addObject().set("text", text(t.text()));
                case ModelEvent.ReasoningDelta r -> json.addObject().set("reasoning", text(r.text()));
                case ModelEvent.Completed c -> throw new IllegalStateException("no delta: " + c);
            }
        }
        return json;
    }

    private static void usage(ObjectNode json, Usage usage) {
        if (!usage.equals(Usage.NONE)) {
            ObjectNode counted = json.putObject("usage");
            put(counted, "input", usage.input());
            put(counted, "cacheRead", usage.cacheRead());
            put(counted, "cacheWrite", usage.cacheWrite());
            put(counted, "output", usage.output());
            put(counted, "reasoning", usage.reasoning());
        }
    }

    private static void put(ObjectNode json, String field, @Nullable Long tokens) {
        if (tokens != null) {
            json.put(field, tokens.longValue());
        }
    }

    // ---- texts

    private JsonNode text(String text) {
        List<String> lines = lines(secrets.hide(text));
        if (lines.size() == 1) {
            return Json.tree(lines.getFirst());
        }
        ArrayNode json = Json.array();
        lines.forEach(json::add);
        return json;
    }

    /** As JSON where that can be turned back into this very text, else as text. */
    private JsonNode textOrJson(String text) {
        String hidden = secrets.hide(text);
        JsonNode json = object(hidden);
        return json != null && json.toString().equals(hidden) ? json : text(hidden);
    }

    /** A schema means the same however it is laid out. */
    private JsonNode schema(String text) {
        String hidden = secrets.hide(text);
        JsonNode json = object(hidden);
        return json != null ? json : text(hidden);
    }

    /** {@code null} when the text is no JSON object, or one that would not survive: a number too large for Java. */
    private static @Nullable JsonNode object(String text) {
        if (!text.startsWith("{")) {
            return null;
        }
        try {
            JsonNode json = Json.parse(text);
            return Json.parse(json.toString()).equals(json) ? json : null;
        } catch (InvalidInputException notJson) {
            return null;
        }
    }

    /** Joined, they are the text. */
    static List<String> lines(String text) {
        var lines = new ArrayList<String>();
        int from = 0;
        do {
            int to = end(text, from);
            lines.add(text.substring(from, to));
            from = to;
        } while (from < text.length());
        return lines;
    }

    /** Behind the next line break; or where the line is too long, behind its last space, or wherever it must be. */
    private static int end(String text, int from) {
        int limit = Math.min(text.length(), from + COLUMNS);
        int newline = text.indexOf('\n', from, limit);
        if (newline >= 0) {
            return newline + 1;
        }
        if (limit == text.length()) {
            return limit;
        }
        int space = text.lastIndexOf(' ', limit - 1);
        if (space >= from) {
            return space + 1;
        }
        return Character.isHighSurrogate(text.charAt(limit - 1)) ? limit - 1 : limit;
    }
}
