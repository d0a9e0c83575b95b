package dev.turnbuckle.tool;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Makes a method a tool. Its parameters are the arguments (compile with {@code -parameters}); one may be a {@link ToolContext}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface ToolMethod {
    /** What it does, for the model. */
    String value();

    /** Mandatory: what a second run would do. */
    EffectClass effect();

    /** The name that the model calls; the method's name when empty. */
    String name() default "";
}
