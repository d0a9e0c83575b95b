package dev.turnbuckle.internal.engine;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.internal.codec.Schemas;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.tool.ToolSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A model's answer in a form that history and vendors accept: unique call ids, arguments that are objects, known tool
 * names; with what was wrong said to the model. A pure function of the recorded answer and the pinned catalogue.
 */
record MendedAnswer(Message message, List<Call> calls) {
    /** @param problem what the model is told instead of a result; {@code null} when the call can run */
    record Call(
            int index,
            String id,
            String tool,
            String arguments,
            @Nullable String problem) {}

    static MendedAnswer of(List<Part> parts, Map<String, ToolSpec> tools) {
        var mended = new ArrayList<Part>();
        var calls = new ArrayList<Call>();
        Set<String> ids = new HashSet<>();
        for (Part part : parts) {
            if (part instanceof Part.ToolCall asked) {
                Call call = mend(asked, calls.size(), ids, tools);
                calls.add(call);
                mended.add(new Part.ToolCall(call.id(), call.tool(), call.arguments()));
            } else if (!(part instanceof Part.Text t && t.text().isEmpty())) {
                mended.add(part);
            }
        }
        return new MendedAnswer(Message.of(Message.Role.ASSISTANT, mended), List.copyOf(calls));
    }

    private static Call mend(Part.ToolCall asked, int index, Set<String> ids, Map<String, ToolSpec> tools) {
        String id = asked.id().isBlank() ? "call-" + index : asked.id();
        for (int n = 2; !ids.add(id); n++) {
            id = asked.id() + "-" + n;
        }
        String name = knownName(asked.name(), tools);
        JsonNode arguments;
        try {
            arguments = Json.parse(asked.arguments().isBlank() ? "{}" : asked.arguments());
        } catch (InvalidInputException e) {
            return new Call(
                    index,
                    id,
                    name,
                    wrapped(asked.arguments()),
                    "The arguments are " + e.getMessage() + ". Send one JSON object that fits the tool's schema.");
        }
        if (!arguments.isObject()) {
            return new Call(
                    index,
                    id,
                    name,
                    wrapped(asked.arguments()),
                    "The arguments must be one JSON object, not "
                            + arguments.getNodeType().name().toLowerCase(java.util.Locale.ROOT) + ".");
        }
        ToolSpec spec = tools.get(name);
        if (spec == null) {
            return new Call(
                    index,
                    id,
                    safeName(name),
                    arguments.toString(),
                    "There is no tool named \"" + name + "\". "
                            + (tools.isEmpty()
                                    ? "There are no tools."
                                    : "Tools: " + String.join(", ", tools.keySet()) + "."));
        }
        List<String> problems = Schemas.problems(spec.schema(), arguments);
        String problem = problems.isEmpty()
                ? null
                : "The arguments do not fit the tool's schema: " + String.join("; ", problems)
                        + ". Correct them and call again.";
        return new Call(index, id, name, arguments.toString(), problem);
    }

    /** The catalogue's own spelling when only upper and lower case differ. */
    private static String knownName(String asked, Map<String, ToolSpec> tools) {
        if (tools.containsKey(asked)) {
            return asked;
        }
        List<String> alike = tools.keySet().stream()
                .filter(t -> t.equalsIgnoreCase(asked.strip()))
                .toList();
        return alike.size() == 1 ? alike.getFirst() : asked;
    }

    private static String safeName(String name) {
        String safe = name.replaceAll("[^a-zA-Z0-9_-]", "_");
        return safe.isEmpty() ? "unknown" : safe.substring(0, Math.min(64, safe.length()));
    }

    private static String wrapped(String malformed) {
        return Json.object().put("malformed", malformed).toString();
    }

    boolean isEmpty() {
        return calls.isEmpty() && message.text().isBlank();
    }
}
