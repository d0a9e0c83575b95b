package dev.turnbuckle.model;

import java.util.Map;

/**
 * What identifies a model: its registered name and the parameters that every request carries.
 *
 * @param parameters vendor's names to values (temperature, maximum tokens), as text
 */
public record ModelSpec(String name, Map<String, String> parameters) {
    public ModelSpec {
        parameters = Map.copyOf(parameters);
    }

    public static ModelSpec named(String name) {
        return new ModelSpec(name, Map.of());
    }
}
