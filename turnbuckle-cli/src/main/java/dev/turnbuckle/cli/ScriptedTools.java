package dev.turnbuckle.cli;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.tool.EffectClass;
import dev.turnbuckle.tool.OnUnknown;
import dev.turnbuckle.tool.Tool;
import dev.turnbuckle.tool.ToolCall;
import dev.turnbuckle.tool.ToolContext;
import dev.turnbuckle.tool.ToolResult;
import dev.turnbuckle.tool.ToolSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The {@code tools} of a script: each gives the same answer to every call. The format is told by {@code run --help}. */
final class ScriptedTools {
    private static final Set<String> FIELDS = Set.of("name", "effect", "returns", "fails", "approval", "unknown");
    private static final String ANYTHING = "{\"type\":\"object\"}";

    private record ScriptedTool(ToolSpec spec, ToolResult result, boolean approval) implements Tool {
        @Override
        public ToolResult call(ToolCall call, ToolContext context) {
            return result;
        }

        @Override
        public boolean approvalNeeded(ToolCall call) {
            return approval;
        }
    }

    private ScriptedTools() {}

    /** @throws InvalidInputException naming the file and the place that is wrong */
    static List<Tool> load(Path script) {
        JsonNode root;
        try {
            root = JsonMapper.shared().readTree(Files.readString(script));
        } catch (IOException | JacksonException e) {
            throw new InvalidInputException("the script " + script + " cannot be read: " + e.getMessage());
        }
        JsonNode list = root.path("tools");
        if (!list.isMissingNode() && !list.isArray()) {
            throw wrong(script, "/tools", "must be a list");
        }
        var tools = new ArrayList<Tool>();
        for (int i = 0; i < list.size(); i++) {
            tools.add(tool(script, "/tools/" + i, list.get(i)));
        }
        return tools;
    }

    private static Tool tool(Path script, String path, JsonNode json) {
        for (String field : json.propertyNames()) {
            if (!FIELDS.contains(field)) {
                throw wrong(
                        script,
                        path + "/" + field,
                        "is unknown; a tool has "
                                + String.join(", ", FIELDS.stream().sorted().toList()));
            }
        }
        String name = json.path("name").asString("");
        if (name.isEmpty()) {
            throw wrong(script, path + "/name", "is missing");
        }
        boolean fails = json.has("fails");
        var result = new ToolResult(json.path(fails ? "fails" : "returns").asString(""), fails);
        var spec = ToolSpec.of(
                name, "Scripted", ANYTHING, one(script, path + "/effect", json.path("effect"), EffectClass.values()));
        Tool tool = new ScriptedTool(spec, result, json.path("approval").asBoolean(false));
        return json.has("unknown")
                ? tool.ifUnknown(one(script, path + "/unknown", json.path("unknown"), OnUnknown.values()))
                : tool;
    }

    private static <E extends Enum<E>> E one(Path script, String path, JsonNode json, E[] values) {
        String name = json.asString("");
        return Arrays.stream(values)
                .filter(v -> v.name().equals(name))
                .findFirst()
                .orElseThrow(() -> wrong(script, path, "is \"" + name + "\", not one of " + Arrays.toString(values)));
    }

    private static InvalidInputException wrong(Path script, String path, String why) {
        return new InvalidInputException("the script " + script + ": " + path + " " + why);
    }
}
