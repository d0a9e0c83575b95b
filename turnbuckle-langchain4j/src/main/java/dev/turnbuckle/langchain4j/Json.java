package dev.turnbuckle.langchain4j;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON as it stands on the wire. */
final class Json {
    /** A text may be as long as a file in base 64; {@link CallLimits#answerBytes} bounds what comes in. */
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .build();

    private Json() {}

    /** Empty when the text is not one JSON object. */
    static Optional<ObjectNode> object(String text) {
        try {
            return MAPPER.readTree(text) instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** @throws JacksonException when the text is no JSON */
    static JsonNode parse(String text) {
        return MAPPER.readTree(text);
    }

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static String write(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    /** The object of such a text, as plain values. */
    static Map<String, Object> map(String json) {
        return MAPPER.readValue(json, new TypeReference<>() {});
    }

    /** What of these values is plain: texts, numbers, flags, and lists and maps of them. */
    static ObjectNode plain(Map<String, Object> values) {
        ObjectNode plain = object();
        values.forEach((name, value) -> {
            if (isPlain(value)) {
                plain.set(name, tree(value));
            }
        });
        return plain;
    }

    private static boolean isPlain(@Nullable Object value) {
        return switch (value) {
            case String s -> true;
            case Number n -> true;
            case Boolean b -> true;
            case List<?> list -> list.stream().allMatch(Json::isPlain);
            case Map<?, ?> map -> map.values().stream().allMatch(Json::isPlain);
            case null, default -> false;
        };
    }

    /** The text of a field; {@code null} when it is absent, null or no text. */
    static @Nullable String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isString() ? value.stringValue() : null;
    }

    /** The text of a field; empty when it is absent. */
    static String textOrEmpty(JsonNode node, String field) {
        String text = text(node, field);
        return text == null ? "" : text;
    }

    /** A count; {@code null} when nobody counted. */
    static @Nullable Long count(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isNumber() ? Long.valueOf(value.asLong()) : null;
    }
}
