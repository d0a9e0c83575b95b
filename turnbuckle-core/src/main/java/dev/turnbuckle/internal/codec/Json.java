package dev.turnbuckle.internal.codec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.turnbuckle.error.InvalidInputException;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.erdtman.jcs.JsonCanonicalizer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedConstructor;
import tools.jackson.databind.introspect.AnnotatedMethod;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.NamedType;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The one place that knows Jackson. Two mappers: one for the library's own records, where every sealed interface of
 * {@code dev.turnbuckle} is written with a {@code "type"} property (the case's name in snake case; golden files fix it),
 * and one for the user's values, which knows nothing of that. Thread-safe.
 */
public final class Json {
    /** Largest integer that canonical JSON carries exactly (RFC 8785 builds on IEEE 754 doubles). */
    private static final long MAX_SAFE_INTEGER = 1L << 53;

    private static final JsonMapper OWN = JsonMapper.builder()
            .annotationIntrospector(new SealedTypes())
            .changeDefaultPropertyInclusion(v -> v.withValueInclusion(JsonInclude.Include.NON_NULL))
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    private static final JsonMapper USER = JsonMapper.builder()
            .changeDefaultPropertyInclusion(v -> v.withValueInclusion(JsonInclude.Include.NON_NULL))
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(EnumFeature.READ_ENUMS_USING_TO_STRING)
            .build();

    private Json() {}

    /** The library's own records, to JSON on one line. */
    public static String write(Object value) {
        return OWN.writeValueAsString(value);
    }

    public static <T> T read(String json, Class<T> type) {
        return OWN.readValue(json, type);
    }

    public static <T> List<T> readList(String json, Class<T> element) {
        return OWN.readValue(json, OWN.getTypeFactory().constructCollectionType(List.class, element));
    }

    public static <T> T convert(JsonNode node, Class<T> type) {
        return OWN.treeToValue(node, type);
    }

    /** Empty for what this program cannot read: a case that a newer one added, or a shape that it changed. */
    public static <T> Optional<T> known(JsonNode node, Class<T> type) {
        try {
            return Optional.of(OWN.treeToValue(node, type));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    public static JsonNode tree(Object value) {
        return OWN.valueToTree(value);
    }

    /** @throws InvalidInputException when the text is not one JSON value */
    public static JsonNode parse(String json) {
        try {
            JsonNode node = OWN.readTree(json);
            if (node.isMissingNode()) {
                throw new InvalidInputException("not valid JSON: there is nothing in it");
            }
            return node;
        } catch (JacksonException e) {
            throw new InvalidInputException("not valid JSON: " + firstLine(e));
        }
    }

    public static ObjectNode object() {
        return OWN.createObjectNode();
    }

    public static ArrayNode array() {
        return OWN.createArrayNode();
    }

    /** A value of the user's, to JSON: text stays text (as a JSON string), everything else by its own mapper. */
    public static String writeUser(@Nullable Object value) {
        return USER.writeValueAsString(value);
    }

    /** @throws InvalidInputException naming the first thing that does not fit the type */
    public static <T> T readUser(String json, Class<T> type) {
        try {
            return USER.readValue(json, type);
        } catch (JacksonException e) {
            throw new InvalidInputException("does not fit " + type.getTypeName() + ": " + firstLine(e));
        }
    }

    /** @throws InvalidInputException naming the first thing that does not fit the type */
    public static Object readUser(JsonNode node, Type type) {
        try {
            return USER.readerFor(USER.constructType(type)).readValue(node);
        } catch (JacksonException e) {
            throw new InvalidInputException("does not fit " + type.getTypeName() + ": " + firstLine(e));
        }
    }

    /**
     * Canonical form (RFC 8785, S12).
     *
     * @throws InvalidInputException for integers beyond 2^53 and numbers that are not finite
     */
    public static String canonical(String json) {
        return canonical(parse(json), json);
    }

    /** @throws InvalidInputException as {@link #canonical(String)} */
    public static String canonical(JsonNode json) {
        return canonical(json, json.toString());
    }

    private static String canonical(JsonNode parsed, String json) {
        refuseInexact(parsed, "");
        try {
            return new JsonCanonicalizer(json).getEncodedString();
        } catch (IOException e) {
            throw new InvalidInputException("no canonical form: " + e.getMessage());
        }
    }

    private static void refuseInexact(JsonNode node, String path) {
        if (node.isIntegralNumber() && !exact(node)) {
            throw new InvalidInputException("the integer " + node.asString() + " at \"" + (path.isEmpty() ? "/" : path)
                    + "\" is beyond 2^53 and has no canonical form; carry it as text");
        }
        if (node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue())) {
            throw new InvalidInputException("the number at \"" + path + "\" is not finite; carry it as text");
        }
        if (node instanceof ObjectNode object) {
            object.properties().forEach(p -> refuseInexact(p.getValue(), path + "/" + p.getKey()));
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                refuseInexact(array.get(i), path + "/" + i);
            }
        }
    }

    private static boolean exact(JsonNode integer) {
        return integer.canConvertToLong()
                && integer.longValue() <= MAX_SAFE_INTEGER
                && integer.longValue() >= -MAX_SAFE_INTEGER;
    }

    private static String firstLine(JacksonException e) {
        String message = String.valueOf(e.getOriginalMessage());
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }

    /** Writes and reads each sealed interface of the library by the name of its case. */
    private static final class SealedTypes extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;

        private static boolean ours(Class<?> type) {
            return type.isSealed() && type.getName().startsWith("dev.turnbuckle.");
        }

        /** A cursor is one string (O1), which it parses itself. */
        private static boolean cursor(Class<?> type) {
            return type.getName().equals("dev.turnbuckle.live.Cursor");
        }

        /** An id of ours is its text. */
        private static boolean id(Class<?> type) {
            return type.isRecord()
                    && type.getName().startsWith("dev.turnbuckle.session.")
                    && type.getSimpleName().endsWith("Id");
        }

        @Override
        public @Nullable Boolean hasAsValue(MapperConfig<?> config, Annotated annotated) {
            boolean text = annotated instanceof AnnotatedMethod method
                    && (id(method.getDeclaringClass()) || cursor(method.getDeclaringClass()))
                    && method.getName().equals("value");
            return text ? Boolean.TRUE : super.hasAsValue(config, annotated);
        }

        @Override
        public JsonCreator.@Nullable Mode findCreatorAnnotation(MapperConfig<?> config, Annotated annotated) {
            boolean ofId = annotated instanceof AnnotatedConstructor c && id(c.getDeclaringClass());
            boolean parses = annotated instanceof AnnotatedMethod m
                    && cursor(m.getDeclaringClass())
                    && m.getName().equals("parse");
            return ofId || parses ? JsonCreator.Mode.DELEGATING : super.findCreatorAnnotation(config, annotated);
        }

        private static @Nullable Class<?> sealedParent(Class<?> type) {
            return Arrays.stream(type.getInterfaces())
                    .filter(SealedTypes::ours)
                    .findFirst()
                    .orElse(null);
        }

        private static String caseName(Class<?> type) {
            return type.getSimpleName()
                    .replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_")
                    .toLowerCase(Locale.ROOT);
        }

        @Override
        @SuppressWarnings("deprecation") // what replaces construct() is missing from the annotations of Spring Boot 4.1
        public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
            Class<?> raw = annotated.getRawType();
            if (annotated instanceof AnnotatedClass && (ours(raw) || sealedParent(raw) != null)) {
                return JsonTypeInfo.Value.construct(
                        JsonTypeInfo.Id.NAME, JsonTypeInfo.As.PROPERTY, "type", null, false, null);
            }
            return super.findPolymorphicTypeInfo(config, annotated);
        }

        @Override
        public @Nullable List<NamedType> findSubtypes(MapperConfig<?> config, Annotated annotated) {
            Class<?> raw = annotated.getRawType();
            if (ours(raw)) {
                return Arrays.stream(raw.getPermittedSubclasses())
                        .map(c -> new NamedType(c, caseName(c)))
                        .toList();
            }
            return super.findSubtypes(config, annotated);
        }

        @Override
        public @Nullable String findTypeName(MapperConfig<?> config, AnnotatedClass annotated) {
            Class<?> raw = annotated.getRawType();
            return sealedParent(raw) != null ? caseName(raw) : super.findTypeName(config, annotated);
        }
    }
}
