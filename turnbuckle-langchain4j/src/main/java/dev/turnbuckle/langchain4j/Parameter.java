package dev.turnbuckle.langchain4j;

import dev.turnbuckle.error.InvalidInputException;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A parameter that a vendor has.
 *
 * @param name ours, the same for all vendors
 * @param field the vendor's: where it stands in the request, names joined by dots
 */
record Parameter(String name, String field, Kind kind) {
    enum Kind {
        NUMBER("a number such as 0.7"),
        INTEGER("a whole number such as 1024"),
        TEXT("a word"),
        LIST("texts, one in each line"),
        FLAG("true or false");

        private final String form;

        Kind(String form) {
            this.form = form;
        }
    }

    static List<Parameter> and(List<Parameter> some, Parameter... more) {
        return Stream.concat(some.stream(), Stream.of(more)).toList();
    }

    JsonNode value(String text) {
        try {
            return Json.tree(
                    switch (kind) {
                        case NUMBER -> Double.valueOf(finite(text));
                        case INTEGER -> Long.valueOf(text.strip());
                        case TEXT -> text.strip();
                        case LIST -> List.of(text.split("\n", -1));
                        case FLAG -> Boolean.valueOf(flag(text.strip()));
                    });
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("parameter " + name + " is " + kind.form + ", not \"" + text + "\"");
        }
    }

    private static double finite(String text) {
        double number = Double.parseDouble(text.strip());
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException(text);
        }
        return number;
    }

    private static boolean flag(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException(text);
        }
        return text.equals("true");
    }

    void put(ObjectNode body, JsonNode value) {
        ObjectNode at = body;
        String[] path = field.split("\\.", -1);
        for (int i = 0; i < path.length - 1; i++) {
            at = at.path(path[i]) instanceof ObjectNode there ? there : at.putObject(path[i]);
        }
        at.set(path[path.length - 1], value);
    }
}
