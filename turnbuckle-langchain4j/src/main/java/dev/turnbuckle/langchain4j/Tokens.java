package dev.turnbuckle.langchain4j;

import org.jspecify.annotations.Nullable;

/** Counts that vendors cut differently than {@code Usage} does. What nobody counted stays unknown. */
final class Tokens {
    private Tokens() {}

    /** A count that includes another one, without it. */
    static @Nullable Long without(@Nullable Long all, @Nullable Long part) {
        return all == null || part == null ? all : Long.valueOf(Math.max(0, all - part));
    }

    static @Nullable Long sum(@Nullable Long one, @Nullable Long other) {
        if (one == null) {
            return other;
        }
        return other == null ? one : Long.valueOf(one + other);
    }
}
