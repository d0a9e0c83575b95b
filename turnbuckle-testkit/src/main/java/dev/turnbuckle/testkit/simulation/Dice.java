package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.env.Environment;
import java.time.Duration;
import java.util.List;

/** What the seed decides. */
final class Dice {
    private final Environment environment;

    Dice(Environment environment) {
        this.environment = environment;
    }

    boolean chance(double probability) {
        return probability > 0 && (environment.random() >>> 11) * 0x1.0p-53 < probability;
    }

    /** @return from 0 to {@code bound}, exclusive */
    int below(int bound) {
        return (int) Math.floorMod(environment.random(), (long) bound);
    }

    /** Both inclusive. */
    int between(int least, int most) {
        return least + below(most - least + 1);
    }

    Duration millis(int least, int most) {
        return Duration.ofMillis(between(least, most));
    }

    <T> T oneOf(List<T> choices) {
        return choices.get(below(choices.size()));
    }

    @SafeVarargs
    final <T> T oneOf(T... choices) {
        return choices[below(choices.length)];
    }
}
