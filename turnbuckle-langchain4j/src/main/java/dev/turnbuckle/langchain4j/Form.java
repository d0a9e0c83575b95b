package dev.turnbuckle.langchain4j;

import dev.turnbuckle.session.Part;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** How messages must look to be taken by a vendor. */
interface Form {
    /** Whether an answer goes back block by block, in the order in which it came. */
    default boolean blockwise() {
        return false;
    }

    /** Whether what several say to the model in a row becomes one message. */
    default boolean joinsUsers() {
        return false;
    }

    /**
     * What stands in the request for a part of an answer of this vendor, exactly as the vendor wrote it.
     *
     * @param next the part that follows, which may belong to this one
     * @return {@code null} when the part is written as for any vendor, or not at all
     */
    default @Nullable JsonNode block(Part part, @Nullable Part next) {
        return null;
    }

    /** What LangChain4j keeps beside an answer. */
    default Map<String, Object> attributes(List<Part> answer) {
        return Map.of();
    }

    /** The thoughts of an answer, when they go back as plain text. */
    default @Nullable String thinking(List<Part> answer) {
        return null;
    }

    /** Whether the model can look at such a file; text it can read in any case. */
    default boolean sees(String mediaType) {
        return mediaType.startsWith("image/") || mediaType.equals("application/pdf");
    }
}
