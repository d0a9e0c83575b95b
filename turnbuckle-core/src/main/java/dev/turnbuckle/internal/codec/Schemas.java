package dev.turnbuckle.internal.codec;

import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.turnbuckle.error.WiringException;
import java.lang.annotation.Annotation;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** JSON schemas from types, and what is wrong with a value in words that a model can mend it from. */
public final class Schemas {
    /** Bound of the number of problems that are told at once. */
    private static final int MAX_PROBLEMS = 8;

    private static final int MAX_CACHED = 1_024;

    private static final Map<String, Schema> COMPILED = new ConcurrentHashMap<>();

    private Schemas() {}

    /**
     * Schema of a record: every component is required unless it is an {@link Optional} or nullable.
     *
     * @param description reads the description that an annotation of the caller's carries
     * @throws WiringException when the type cannot be described
     */
    public static String ofType(
            Type type, Class<? extends Annotation> annotation, Function<Annotation, String> description) {
        try {
            ObjectNode schema = generator(annotation, description).generateSchema(type);
            schema.remove("$schema");
            return schema.toString();
        } catch (RuntimeException e) {
            throw new WiringException("no JSON schema can be made for " + type.getTypeName() + ": " + e.getMessage()
                    + "; use a record of strings, numbers, booleans, enums, lists and records");
        }
    }

    private static SchemaGenerator generator(
            Class<? extends Annotation> annotation, Function<Annotation, String> description) {
        var builder = new SchemaGeneratorConfigBuilder(SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
                .with(Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT, Option.INLINE_ALL_SCHEMAS)
                .without(Option.NONSTATIC_NONVOID_NONGETTER_METHODS, Option.VOID_METHODS, Option.GETTER_METHODS);
        builder.forFields()
                .withRequiredCheck(field -> field.getType().getErasedType() != Optional.class
                        && field.getAnnotation(Nullable.class) == null
                        && !nullableComponent(field.getDeclaringType().getErasedType(), field.getName()))
                .withDescriptionResolver(field -> {
                    Annotation found = field.getAnnotationConsideringFieldAndGetter(annotation);
                    return found == null ? null : description.apply(found);
                });
        return new SchemaGenerator(builder.build());
    }

    private static boolean nullableComponent(Class<?> owner, String name) {
        RecordComponent[] components = owner.getRecordComponents();
        if (components == null) {
            return false;
        }
        for (RecordComponent component : components) {
            if (component.getName().equals(name)) {
                return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
            }
        }
        return false;
    }

    /** What is wrong, one line each, at most eight; empty when the value fits. */
    public static List<String> problems(String schema, JsonNode value) {
        var problems = new ArrayList<String>();
        for (var error : compiled(schema).validate(value)) {
            if (problems.size() == MAX_PROBLEMS) {
                problems.add("and more");
                break;
            }
            problems.add(error.toString());
        }
        return problems;
    }

    private static Schema compiled(String schema) {
        Schema known = COMPILED.get(schema);
        if (known != null) {
            return known;
        }
        if (COMPILED.size() >= MAX_CACHED) {
            COMPILED.clear();
        }
        Schema made = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(schema);
        COMPILED.put(schema, made);
        return made;
    }
}
