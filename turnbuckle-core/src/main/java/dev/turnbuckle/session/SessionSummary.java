package dev.turnbuckle.session;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One session in a list (S5). */
public record SessionSummary(
        String id,
        String agent,
        long revision,
        State state,
        Instant createdAt,
        Instant updatedAt,
        String firstUserText,
        long userMessages,
        Metadata metadata) {
    public enum State {
        /** Nothing to do. */
        IDLE,
        /** Accepted work waits for a worker. */
        PENDING,
        RUNNING,
        SUSPENDED
    }

    /** What the host says about a session; can be changed at any time. */
    public record Metadata(
            @Nullable String title,
            @Nullable String parent,
            @Nullable String cause,
            @Nullable String directory,
            @Nullable String model,
            Map<String, String> labels) {
        public static final Metadata NONE = new Metadata(null, null, null, null, null, Map.of());

        public Metadata {
            labels = Map.copyOf(labels);
        }
    }
}
