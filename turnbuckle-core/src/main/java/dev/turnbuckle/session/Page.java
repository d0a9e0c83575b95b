package dev.turnbuckle.session;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** @param next pass it on to get the following page; {@code null} on the last one */
public record Page<T>(List<T> items, @Nullable String next) {
    public Page {
        items = List.copyOf(items);
    }
}
