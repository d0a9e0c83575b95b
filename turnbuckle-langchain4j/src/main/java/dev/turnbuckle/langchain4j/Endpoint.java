package dev.turnbuckle.langchain4j;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where a model is.
 *
 * @param model the vendor's own name of it
 * @param own whether this is the vendor's own address, not somebody who speaks like it
 */
record Endpoint(
        Vendor vendor, String model, URI baseUrl, @Nullable String key, boolean own) {
    String name() {
        return vendor.prefix() + ":" + model;
    }

    /** How a person tells us the key. */
    String keyVariables() {
        return String.join(" or ", vendor.keyVariables());
    }

    @Override
    public String toString() {
        return name() + " at " + baseUrl;
    }
}
