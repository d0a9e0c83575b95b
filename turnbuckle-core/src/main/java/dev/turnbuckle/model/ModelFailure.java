package dev.turnbuckle.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Why a model gave no answer; thrown by {@link Model#stream}. */
public final class ModelFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public enum Kind {
        RATE_LIMIT(true),
        OVERLOADED(true),
        NETWORK(true),
        TIMEOUT(true),
        CONTEXT_OVERFLOW(false),
        AUTH(false),
        CONTENT_FILTER(false),
        BAD_REQUEST(false),
        OTHER(false);

        private final boolean retryable;

        Kind(boolean retryable) {
            this.retryable = retryable;
        }

        /** Whether the same request may succeed later. */
        public boolean retryable() {
            return retryable;
        }
    }

    private final Kind kind;
    private final transient @Nullable Duration retryAfter;

    public ModelFailure(Kind kind, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    public ModelFailure(Kind kind, String message) {
        this(kind, message, null, null);
    }

    public Kind kind() {
        return kind;
    }

    /** What the vendor asked us to wait. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
