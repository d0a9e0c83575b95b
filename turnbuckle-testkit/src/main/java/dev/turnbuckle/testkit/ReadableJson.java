package dev.turnbuckle.testkit;

import dev.turnbuckle.internal.codec.Json;
import java.util.List;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** JSON as a person lays it out: what fits on a line stands on one, of all else each entry has its own. */
final class ReadableJson {
    /** Of a line, where it can be had. */
    static final int WIDTH = 110;

    private static final String STEP = "  ";

    private final StringBuilder out = new StringBuilder();

    /** @param label what stands before the value: a name and a colon, or nothing */
    private record Entry(String label, JsonNode value) {}

    private ReadableJson() {}

    static String of(JsonNode json) {
        var readable = new ReadableJson();
        readable.write(json, "", 0);
        return readable.out.append('\n').toString();
    }

    /** @param used columns of the line that are in use */
    private void write(JsonNode json, String indent, int used) {
        if (!json.isContainer() || left(json, WIDTH - used) >= 0) {
            inline(json);
            return;
        }
        String inner = indent + STEP;
        String separator = "\n";
        out.append(json.isObject() ? '{' : '[');
        for (Entry entry : entries(json)) {
            out.append(separator).append(inner).append(entry.label());
            write(entry.value(), inner, inner.length() + entry.label().length());
            separator = ",\n";
        }
        out.append('\n').append(indent).append(json.isObject() ? '}' : ']');
    }

    private void inline(JsonNode json) {
        if (!json.isContainer()) {
            out.append(json);
            return;
        }
        String separator = "";
        out.append(json.isObject() ? '{' : '[');
        for (Entry entry : entries(json)) {
            out.append(separator).append(entry.label());
            inline(entry.value());
            separator = ", ";
        }
        out.append(json.isObject() ? '}' : ']');
    }

    /** @return what is left of the room when the value stands in it; negative when it does not fit */
    private static int left(JsonNode json, int room) {
        if (!json.isContainer()) {
            return room - json.toString().length();
        }
        int left = room - 2;
        for (Entry entry : entries(json)) {
            left = left(entry.value(), left - entry.label().length() - 2);
            if (left < 0) {
                return left;
            }
        }
        return left;
    }

    private static List<Entry> entries(JsonNode json) {
        return switch (json) {
            case ObjectNode object ->
                object.properties().stream()
                        .map(p -> new Entry(Json.tree(p.getKey()) + ": ", p.getValue()))
                        .toList();
            case ArrayNode array ->
                StreamSupport.stream(array.spliterator(), false)
                        .map(value -> new Entry("", value))
                        .toList();
            default -> List.of();
        };
    }
}
