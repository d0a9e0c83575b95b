package dev.turnbuckle.internal.engine;

import dev.turnbuckle.store.WaitRow;
import java.util.List;

/** Unwinds a turn to its top, where the reason decides how the drive ends. Carries no stack: it is not a bug. */
final class Halt extends RuntimeException {
    private static final long serialVersionUID = 1L;

    sealed interface Reason {
        record Cancelled() implements Reason {}

        record OverBudget(String bound) implements Reason {}

        record Failed(String code, String message, boolean retryable) implements Reason {}

        /** Waits that have to be answered first. */
        record Waiting(List<WaitRow> waits) implements Reason {}

        record LeaseLost(String why) implements Reason {}

        /** The runtime closes; the next driver goes on from the journal. */
        record Draining() implements Reason {}

        record Mismatch(String key, List<String> paths) implements Reason {}
    }

    private final transient Reason reason;

    Halt(Reason reason) {
        super(reason.toString(), null, false, false);
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
