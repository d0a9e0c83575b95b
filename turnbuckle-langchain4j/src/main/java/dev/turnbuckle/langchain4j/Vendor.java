package dev.turnbuckle.langchain4j;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one has to know to use a vendor's models; for programs that list them.
 *
 * @param prefix what a model's name begins with, before the colon
 * @param keyVariables environment variables that may hold the key, the first one that is set wins; empty when there is
 *     no key
 * @param baseUrlVariable environment variable that may hold another address
 * @param example name of a model, with its prefix
 */
public record Vendor(
        String prefix,
        String title,
        List<String> keyVariables,
        String baseUrlVariable,
        String defaultBaseUrl,
        String example) {
    public Vendor {
        keyVariables = List.copyOf(keyVariables);
    }

    /** The variable that holds the key, {@code null} when none is set (or none is needed). */
    public @Nullable String keyVariable(Map<String, String> environment) {
        return keyVariables.stream()
                .filter(v -> !environment.getOrDefault(v, "").isBlank())
                .findFirst()
                .orElse(null);
    }

    /** Whether a model can be made from these variables: a key is there, none is needed, or another address is set. */
    public boolean configured(Map<String, String> environment) {
        return keyVariables.isEmpty()
                || keyVariable(environment) != null
                || (prefix.startsWith("openai")
                        && !environment.getOrDefault(baseUrlVariable, "").isBlank());
    }
}
