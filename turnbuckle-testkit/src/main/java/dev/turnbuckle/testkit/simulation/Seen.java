package dev.turnbuckle.testkit.simulation;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call that the store performed, whatever the caller heard of it. Calls are seen in the order in which the store
 * performed them.
 *
 * @param storeNow the store's clock, which leases expire by
 * @param node the life of a node that called
 * @param operation {@code Journal.record}
 * @param result what the store answered; {@code null} when it threw
 */
record Seen(
        Instant storeNow,
        String node,
        String operation,
        List<@Nullable Object> arguments,
        @Nullable Object result,
        @Nullable Throwable thrown) {
    boolean is(String name) {
        return operation.equals(name);
    }

    <T> T argument(int index, Class<T> type) {
        return type.cast(arguments.get(index));
    }
}
