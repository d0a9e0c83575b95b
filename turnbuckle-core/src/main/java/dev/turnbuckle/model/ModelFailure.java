package dev.turnbuckle.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Why a model gave no answer; thrown by {@link Model#stream}. */
public final class ModelFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public enum Kind {
        RATE_LIMIT(true, true),
        OVERLOADED(true, true),
        NETWORK(true, true),
        TIMEOUT(true, true),
        CONTEXT_OVERFLOW(false, true),
        AUTH(false, true),
        CONTENT_FILTER(false, false),
        BAD_REQUEST(false, false),
        OTHER(false, false);

        private final boolean retryable;
        private final boolean fallsBack;

        Kind(boolean retryable, boolean fallsBack) {
            this.retryable = retryable;
            this.fallsBack = fallsBack;
        }

        /** Whether the same request may succeed later. */
        public boolean retryable() {
            return retryable;
        }

        /** Whether another model may well answer the same request: it is this one that cannot. */
        public boolean fallsBack() {
            return fallsBack;
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
