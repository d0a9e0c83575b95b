package dev.turnbuckle.session;

import dev.turnbuckle.error.InvalidInputException;
import org.jspecify.annotations.Nullable;

/** @param after the {@code next} of the page before */
public record PageRequest(int size, @Nullable String after) {
    public static final int MAX_SIZE = 1_000;

    public PageRequest {
        if (size < 1 || size > MAX_SIZE) {
            throw new InvalidInputException("a page has 1 to " + MAX_SIZE + " items, asked for " + size);
        }
    }

    public static PageRequest first(int size) {
        return new PageRequest(size, null);
    }

    public PageRequest after(String next) {
        return new PageRequest(size, next);
    }
}
