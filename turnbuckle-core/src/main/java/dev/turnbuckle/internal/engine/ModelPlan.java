package dev.turnbuckle.internal.engine;

import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.model.ModelSpec;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which model is asked next, and after which pause, from what has failed so far. Pure, so that a recalled turn goes on alike. */
final class ModelPlan {
    /** Tries of one model that nobody stands in for. */
    static final int MAX_ATTEMPTS = 4;

    /** Tries of one model while another one may stand in. */
    static final int MAX_ATTEMPTS_BEFORE_FALLBACK = 2;

    /** A vendor that asks for a longer pause than this is not waited for while another model may stand in. */
    static final Duration LONGEST_WAIT_BEFORE_FALLBACK = Duration.ofSeconds(5);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    private ModelPlan() {}

    /** @param pause before it is asked; zero for one that was not asked yet */
    record Ask(ModelSpec model, Duration pause) {}

    /** @return {@code null} when nobody is left to ask */
    static @Nullable Ask next(List<ModelSpec> chain, List<Outcomes.ModelAttempt> failed) {
        int index = 0;
        int tries = 0;
        Duration pause = Duration.ZERO;
        for (Outcomes.ModelAttempt attempt : failed) {
            tries++;
            var kind = ModelFailure.Kind.valueOf(attempt.failure());
            boolean standIn = kind.fallsBack() && index + 1 < chain.size();
            if (attempt.output()) {
                return null;
            } else if (kind.retryable() && tries < most(standIn, attempt)) {
                pause = pause(tries, attempt.retryAfterMillis());
            } else if (standIn) {
                index++;
                tries = 0;
                pause = Duration.ZERO;
            } else {
                return null;
            }
        }
        return new Ask(chain.get(index), pause);
    }

    private static int most(boolean standIn, Outcomes.ModelAttempt attempt) {
        Long asked = attempt.retryAfterMillis();
        boolean tooLong = asked != null && asked > LONGEST_WAIT_BEFORE_FALLBACK.toMillis();
        return !standIn ? MAX_ATTEMPTS : tooLong ? 1 : MAX_ATTEMPTS_BEFORE_FALLBACK;
    }

    private static Duration pause(int tries, @Nullable Long asked) {
        Duration own = FIRST_PAUSE.multipliedBy(1L << (tries - 1));
        Duration longer = asked != null && asked > own.toMillis() ? Duration.ofMillis(asked) : own;
        return longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
    }
}
