package dev.turnbuckle.error;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Root of the family: a failure of the environment or of the caller, never an expected race (those are sealed results)
 * and never a bug (those are {@link IllegalStateException}s). Each says what helps.
 */
public class TurnbuckleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What the caller can do about it. */
    public enum Remedy {
        /** The same call may succeed later. */
        RETRY,
        /** A value, a configuration or the machine must be changed first. */
        REWIRE,
        /** What the caller holds is outdated; read again and decide anew. */
        RELOAD
    }

    private final Remedy remedy;
    private final String code;

    public TurnbuckleException(Remedy remedy, String code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.remedy = Objects.requireNonNull(remedy);
        this.code = Objects.requireNonNull(code);
    }

    public TurnbuckleException(Remedy remedy, String code, String message) {
        this(remedy, code, message, null);
    }

    public Remedy remedy() {
        return remedy;
    }

    /** Stable, for programs; lower case with underscores. */
    public String code() {
        return code;
    }
}
