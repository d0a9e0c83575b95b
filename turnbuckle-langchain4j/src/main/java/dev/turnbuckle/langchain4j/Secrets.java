package dev.turnbuckle.langchain4j;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Takes keys out of what people may read. */
record Secrets(@Nullable String key) {
    /** Without a blank, so that cleaning twice changes nothing. */
    static final String HIDDEN = "[hidden]";

    /** What keys look like, also another one than ours: vendors quote the key that they refuse. */
    private static final Pattern KEYS =
            Pattern.compile("\\b(?:sk|pk|rk|gsk|xai)-[A-Za-z0-9*_-]{6,}|\\bAIza[A-Za-z0-9*_-]{8,}");

    private static final Pattern HEADERS =
            Pattern.compile("(?i)(bearer\\s+|x-api-key[\"':=\\s]+|x-goog-api-key[\"':=\\s]+|[?&]key=)[^\\s\"'&,;}]+");

    String clean(String text) {
        String own = key == null || key.isBlank() ? text : text.replace(key, HIDDEN);
        return KEYS.matcher(HEADERS.matcher(own).replaceAll("$1" + HIDDEN)).replaceAll(HIDDEN);
    }

    /** The cause when nothing in it shows a key, else nothing: stack traces are printed too. */
    @Nullable Throwable clean(Throwable cause) {
        boolean shows = Causes.of(cause).stream()
                .map(t -> String.valueOf(t.getMessage()))
                .anyMatch(message -> !clean(message).equals(message));
        return shows ? null : cause;
    }

    @Override
    public String toString() {
        return HIDDEN;
    }
}
