package dev.turnbuckle.store;

import dev.turnbuckle.tool.EffectClass;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One effect of a turn (J1).
 *
 * @param key position under a parent: {@code model/3/tool/0}
 * @param kind {@code composition}, {@code model}, {@code tool}, {@code steer}, {@code wait}
 * @param request canonical JSON
 * @param outcome JSON, {@code null} while only started
 */
public record JournalEntry(
        String key,
        String kind,
        EffectClass effectClass,
        String requestHash,
        String request,
        @Nullable String outcome,
        int attempts,
        Instant startedAt,
        @Nullable Instant endedAt) {
    public boolean done() {
        return outcome != null;
    }
}
