package dev.turnbuckle.langchain4j;

import dev.turnbuckle.session.Part;
import org.jspecify.annotations.Nullable;

/**
 * Marks a signature with the vendor that can read it, since history goes from model to model: what one vendor signed is
 * an error to another.
 */
final class Signature {
    private Signature() {}

    static @Nullable String of(String vendor, @Nullable String signature) {
        return signature == null || signature.isEmpty() ? null : vendor + ":" + signature;
    }

    /** What this vendor wrote; {@code null} when it did not sign this. */
    static @Nullable String by(String vendor, Part.Reasoning reasoning) {
        String signature = reasoning.signature();
        return signature != null && signature.startsWith(vendor + ":")
                ? signature.substring(vendor.length() + 1)
                : null;
    }
}
