package dev.turnbuckle.tool;

import dev.turnbuckle.error.WiringException;
import dev.turnbuckle.internal.codec.Json;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Tools from the {@link ToolMethod annotated methods} of an object. */
public record MethodTool(ToolSpec spec, Object target, Method method) implements Tool {
    /**
     * All tools of an object, by name.
     *
     * @throws WiringException naming the class or method and what to change
     */
    public static List<Tool> of(Object target) {
        List<Tool> tools = Stream.<Class<?>>iterate(target.getClass(), c -> c != null, Class::getSuperclass)
                .flatMap(c -> Arrays.stream(c.getDeclaredMethods()))
                .filter(m -> m.isAnnotationPresent(ToolMethod.class))
                .sorted(Comparator.comparing(Method::getName))
                .map(m -> of(target, m))
                .toList();
        if (tools.isEmpty()) {
            throw new WiringException(target.getClass().getName() + " has no method with @ToolMethod");
        }
        return tools;
    }

    private static Tool of(Object target, Method method) {
        ToolMethod annotation = annotationOf(method);
        if (Modifier.isStatic(method.getModifiers()) || !method.trySetAccessible()) {
            throw new WiringException("@ToolMethod " + described(method)
                    + " cannot be called: make it an instance method of a class that this module may reflect on");
        }
        String name = annotation.name().isEmpty() ? method.getName() : annotation.name();
        return new MethodTool(
                ToolSpec.of(name, annotation.value(), schema(method), annotation.effect()), target, method);
    }

    @Override
    public ToolResult call(ToolCall call, ToolContext context) throws Exception {
        JsonNode arguments = Json.parse(call.arguments());
        var values = new ArrayList<@Nullable Object>();
        for (Parameter p : method.getParameters()) {
            values.add(p.getType() == ToolContext.class ? context : argument(arguments, p));
        }
        try {
            return FunctionTool.resultOf(method.invoke(target, values.toArray()));
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private static @Nullable Object argument(JsonNode arguments, Parameter parameter) {
        JsonNode value = arguments.get(parameter.getName());
        if (value == null || value.isNull()) {
            return parameter.getType() == Optional.class ? Optional.empty() : null;
        }
        return Json.readUser(value, parameter.getParameterizedType());
    }

    private static String schema(Method method) {
        var schema = Json.object().put("type", "object");
        var properties = schema.putObject("properties");
        var required = schema.putArray("required");
        for (Parameter p : method.getParameters()) {
            if (p.getType() == ToolContext.class) {
                continue;
            }
            if (!p.isNamePresent()) {
                throw new WiringException("@ToolMethod " + described(method)
                        + " has no parameter names; compile its class with the javac flag -parameters");
            }
            var property = (tools.jackson.databind.node.ObjectNode)
                    Json.parse(FunctionTool.schemaOf(p.getParameterizedType()));
            Describe describe = p.getAnnotation(Describe.class);
            if (describe != null) {
                property.put("description", describe.value());
            }
            properties.set(p.getName(), property);
            if (p.getType() != Optional.class && !p.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                required.add(p.getName());
            }
        }
        return schema.put("additionalProperties", false).toString();
    }

    private static ToolMethod annotationOf(Method method) {
        ToolMethod annotation = method.getAnnotation(ToolMethod.class);
        if (annotation == null) {
            throw new IllegalStateException("filtered before");
        }
        return annotation;
    }

    private static String described(Method method) {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName() + "(…)";
    }
}
