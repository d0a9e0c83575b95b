package dev.turnbuckle;

import dev.turnbuckle.store.Turns;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What came of asking for one turn to be driven (Q11). */
public sealed interface RunResult {
    /** The session was driven here; how the turn stands is asked with {@link Turn#await()}. */
    record Driven() implements RunResult {}

    /** @param due when there may be something, if that is known */
    record Nothing(Turns.EmptyReason reason, @Nullable Instant due) implements RunResult {}

    /** Another node drives it. */
    record Busy(String worker, Instant until) implements RunResult {}
}
