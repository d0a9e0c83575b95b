package dev.turnbuckle.langchain4j;

import java.util.Map;
import java.util.TreeMap;

/**
 * What became of the parameters that a model was given.
 *
 * @param taken name to the field of the vendor's request that carries it
 * @param ignored name to the reason: this vendor has no such parameter
 */
public record ParameterReport(Map<String, String> taken, Map<String, String> ignored) {
    public ParameterReport {
        taken = Map.copyOf(new TreeMap<>(taken));
        ignored = Map.copyOf(new TreeMap<>(ignored));
    }
}
