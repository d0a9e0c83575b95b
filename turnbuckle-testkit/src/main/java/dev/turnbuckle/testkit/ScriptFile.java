package dev.turnbuckle.testkit;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The file form of a script; the format is told at {@link ScriptedModel#load}. */
final class ScriptFile {
    private static final Set<String> FIELDS =
            Set.of("say", "think", "signature", "call", "fail", "message", "empty", "after", "pausing", "usage");

    private final Path file;

    private ScriptFile(Path file) {
        this.file = file;
    }

    static ScriptedModel read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new InvalidInputException("the script " + file + " cannot be read: " + e);
        }
        try {
            return new ScriptFile(file).model(JsonMapper.shared().readTree(text));
        } catch (JacksonException e) {
            throw new InvalidInputException("the script " + file + " is not JSON, line "
                    + (e.getLocation() == null ? "?" : e.getLocation().getLineNr()) + ": " + e.getOriginalMessage());
        }
    }

    private ScriptedModel model(JsonNode root) {
        JsonNode list = root.path("steps");
        if (!list.isArray()) {
            throw wrong("/steps", "must be a list");
        }
        var steps = new ArrayList<Step>();
        for (int i = 0; i < list.size(); i++) {
            steps.add(step(list.get(i), "/steps/" + i));
        }
        ScriptedModel model = ScriptedModel.of(steps.toArray(Step[]::new));
        return root.has("name") ? model.named(text(root, "name", "")) : model;
    }

    private Step step(JsonNode json, String path) {
        if (!json.isObject()) {
            throw wrong(path, "must be an object");
        }
        for (String field : json.propertyNames()) {
            if (!FIELDS.contains(field)) {
                throw wrong(
                        path + "/" + field,
                        "is unknown; a step has "
                                + String.join(", ", FIELDS.stream().sorted().toList()));
            }
        }
        Step step = json.has("fail") ? failure(json, path) : Step.of(parts(json, path));
        if (step.failure() == null
                && step.parts().isEmpty()
                && !json.path("empty").asBoolean(false)) {
            throw wrong(path, "says nothing; give it say, think, call or fail, or \"empty\": true");
        }
        return step.after(duration(json, "after", path))
                .pausing(duration(json, "pausing", path))
                .usage(usage(json.path("usage"), path + "/usage"));
    }

    private Step failure(JsonNode json, String path) {
        String kind = text(json, "fail", path);
        try {
            String message = json.has("message") ? text(json, "message", path) : "scripted";
            return ScriptedModel.fails(ModelFailure.Kind.valueOf(kind), message);
        } catch (IllegalArgumentException e) {
            throw wrong(path + "/fail", "is \"" + kind + "\", not one of " + List.of(ModelFailure.Kind.values()));
        }
    }

    private List<Part> parts(JsonNode json, String path) {
        var parts = new ArrayList<Part>();
        if (json.has("think")) {
            String signature = json.has("signature") ? text(json, "signature", path) : null;
            parts.add(new Part.Reasoning(text(json, "think", path), signature));
        }
        if (json.has("say")) {
            parts.add(new Part.Text(text(json, "say", path)));
        }
        JsonNode calls = json.path("call");
        if (calls.isObject()) {
            parts.add(call(calls, path + "/call"));
        } else if (calls.isArray()) {
            for (int i = 0; i < calls.size(); i++) {
                parts.add(call(calls.get(i), path + "/call/" + i));
            }
        } else if (json.has("call")) {
            throw wrong(path + "/call", "must be {\"tool\": …, \"arguments\": …} or a list of such");
        }
        return parts;
    }

    private Part.ToolCall call(JsonNode json, String path) {
        JsonNode arguments = json.path("arguments");
        return ScriptedModel.call(
                text(json, "tool", path),
                arguments.isString()
                        ? arguments.stringValue()
                        : arguments.isMissingNode() ? "{}" : arguments.toString());
    }

    private String text(JsonNode json, String field, String path) {
        JsonNode value = json.path(field);
        if (!value.isString()) {
            throw wrong(path + "/" + field, "must be text");
        }
        return value.stringValue();
    }

    private Duration duration(JsonNode json, String field, String path) {
        if (!json.has(field)) {
            return Duration.ZERO;
        }
        String text = text(json, field, path);
        try {
            Duration duration = Duration.parse(text);
            if (!duration.isNegative()) {
                return duration;
            }
        } catch (DateTimeParseException e) {
            // told below
        }
        throw wrong(path + "/" + field, "is \"" + text + "\", not a duration such as \"PT1.5S\"");
    }

    private Usage usage(JsonNode json, String path) {
        if (json.isMissingNode()) {
            return Usage.NONE;
        }
        if (!json.path("input").isIntegralNumber() || !json.path("output").isIntegralNumber()) {
            throw wrong(path, "must be {\"input\": tokens, \"output\": tokens}");
        }
        return Usage.of(json.path("input").longValue(), json.path("output").longValue());
    }

    private InvalidInputException wrong(String path, String why) {
        return new InvalidInputException("the script " + file + ": " + path + " " + why);
    }
}
