package dev.turnbuckle.tool;

import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.internal.codec.Schemas;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** A tool from a record and a lambda. */
record FunctionTool<I>(ToolSpec spec, Class<I> input, ToolBody<I> body) implements Tool {
    static <I> Tool of(String name, String description, Class<I> input, EffectClass effect, ToolBody<I> body) {
        return new FunctionTool<>(ToolSpec.of(name, description, schemaOf(input), effect), input, body);
    }

    @Override
    public ToolResult call(ToolCall call, ToolContext context) throws Exception {
        I value = Json.readUser(call.arguments(), input);
        return resultOf(body.apply(value, context));
    }

    static String schemaOf(Type type) {
        return Schemas.ofType(type, Describe.class, FunctionTool::description);
    }

    static String description(Annotation annotation) {
        return ((Describe) annotation).value();
    }

    static ToolResult resultOf(@Nullable Object value) {
        return switch (value) {
            case null -> ToolResult.of("done");
            case ToolResult result -> result;
            case CharSequence text -> ToolResult.of(text.toString());
            default -> ToolResult.of(Json.writeUser(value));
        };
    }
}
