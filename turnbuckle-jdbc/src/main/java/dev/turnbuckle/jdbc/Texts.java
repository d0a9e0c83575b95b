package dev.turnbuckle.jdbc;

import dev.turnbuckle.internal.codec.Json;
import java.util.Map;
import java.util.TreeMap;

/** Names to values in one JSON column. */
final class Texts extends TreeMap<String, String> {
    private static final long serialVersionUID = 1L;
    private static final String NONE = "{}";

    static String write(Map<String, String> values) {
        return values.isEmpty() ? NONE : Json.write(new TreeMap<>(values));
    }

    static Map<String, String> read(String json) {
        return json.equals(NONE) ? Map.of() : Json.read(json, Texts.class);
    }
}
