package dev.turnbuckle.agent;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Bounds of one turn (J19); the one that is reached ends the turn with its name.
 *
 * @param iterations model calls
 * @param fruitless model calls in a row that brought nothing: empty answers, unknown tools, arguments that do not fit
 * @param wallClock driven time, suspension excluded
 * @param tokens all buckets together
 */
public record Budget(
        int iterations,
        int fruitless,
        @Nullable Duration wallClock,
        @Nullable Long tokens,
        @Nullable Integer toolCalls) {
    public static final Budget DEFAULT = new Budget(100, 5, null, null, null);

    public Budget iterations(int most) {
        return new Budget(most, fruitless, wallClock, tokens, toolCalls);
    }

    public Budget fruitless(int most) {
        return new Budget(iterations, most, wallClock, tokens, toolCalls);
    }

    public Budget wallClock(Duration most) {
        return new Budget(iterations, fruitless, most, tokens, toolCalls);
    }

    public Budget tokens(long most) {
        return new Budget(iterations, fruitless, wallClock, most, toolCalls);
    }

    public Budget toolCalls(int most) {
        return new Budget(iterations, fruitless, wallClock, tokens, most);
    }
}
