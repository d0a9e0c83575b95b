package dev.turnbuckle.testkit;

import dev.turnbuckle.error.InvalidInputException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** A value in a cassette that is being read, and where it stands. */
record CassetteNode(CassetteFile file, JsonNode json, String path) {
    InvalidInputException wrong(String why) {
        return file.wrong(path, why);
    }

    /** Refuses what is not an object, and fields that mean nothing here: a slip of the pen would be lost silently. */
    CassetteNode only(String... fields) {
        if (!json.isObject()) {
            throw wrong("must be an object");
        }
        Set<String> known = Set.of(fields);
        for (String name : json.propertyNames()) {
            if (!known.contains(name)) {
                throw at(name).wrong("is unknown; here may stand " + String.join(", ", fields));
            }
        }
        return this;
    }

    boolean has(String field) {
        return json.has(field);
    }

    private CassetteNode at(String field) {
        return new CassetteNode(file, json.path(field), path + "/" + field);
    }

    CassetteNode field(String name) {
        if (!json.has(name)) {
            throw at(name).wrong("is missing");
        }
        return at(name);
    }

    Optional<CassetteNode> optional(String field) {
        return json.has(field) ? Optional.of(at(field)) : Optional.empty();
    }

    List<CassetteNode> items() {
        if (!json.isArray()) {
            throw wrong("must be a list");
        }
        var items = new ArrayList<CassetteNode>();
        for (int i = 0; i < json.size(); i++) {
            items.add(new CassetteNode(file, json.get(i), path + "/" + i));
        }
        return items;
    }

    /** A text, or the pieces of one. */
    String text() {
        if (json.isArray()) {
            var joined = new StringBuilder();
            items().forEach(piece -> joined.append(piece.plain("must be text, a piece of a longer one")));
            return joined.toString();
        }
        return plain("must be text, or a list of its pieces");
    }

    private String plain(String otherwise) {
        if (!json.isString()) {
            throw wrong(otherwise);
        }
        return json.stringValue();
    }

    /** A text, or the JSON object that it is. */
    String textOrJson() {
        return json.isObject() ? json.toString() : text();
    }

    long number() {
        if (!json.isIntegralNumber() || !json.canConvertToLong() || json.longValue() < 0) {
            throw wrong("must be a whole number from 0 on");
        }
        return json.longValue();
    }

    boolean yes() {
        if (!json.isBoolean()) {
            throw wrong("must be true or false");
        }
        return json.booleanValue();
    }

    <E extends Enum<E>> E name(Class<E> type) {
        String name = text();
        try {
            return Enum.valueOf(type, name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw wrong("is \"" + name + "\", not one of " + List.of(type.getEnumConstants()));
        }
    }

    Duration duration() {
        String text = text();
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            throw wrong("is \"" + text + "\", not a duration such as \"PT1.5S\"");
        }
    }
}
