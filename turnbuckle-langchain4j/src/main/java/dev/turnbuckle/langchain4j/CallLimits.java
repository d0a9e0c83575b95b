package dev.turnbuckle.langchain4j;

import dev.turnbuckle.error.InvalidInputException;
import java.time.Duration;

/**
 * Bounds of one call.
 *
 * @param idle longest silence; models that reason may well say nothing for minutes
 * @param whole from the request to the end of the answer
 * @param answerBytes what is read of one answer
 */
record CallLimits(Duration connect, Duration idle, Duration whole, long answerBytes) {
    static final CallLimits DEFAULT =
            new CallLimits(Duration.ofSeconds(15), Duration.ofMinutes(5), Duration.ofMinutes(30), 64L << 20);

    /** How long an answer that is complete may keep its connection open before we close it. */
    static final Duration LINGER = Duration.ofMillis(500);

    /** What is read of a refusal. */
    static final int REFUSAL_BYTES = 64 << 10;

    /** What is kept of an answer's beginning, to say what it was when it turns out to be none. */
    static final int HEAD_BYTES = 2_000;

    CallLimits {
        positive("the connect timeout", connect);
        positive("the idle timeout", idle);
        positive("the timeout", whole);
        if (answerBytes < 1) {
            throw new InvalidInputException("the bound of an answer must be at least 1 byte: " + answerBytes);
        }
    }

    private static void positive(String what, Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw new InvalidInputException(what + " of a model must be positive: " + duration);
        }
    }

    CallLimits connect(Duration next) {
        return new CallLimits(next, idle, whole, answerBytes);
    }

    CallLimits idle(Duration next) {
        return new CallLimits(connect, next, whole, answerBytes);
    }

    CallLimits whole(Duration next) {
        return new CallLimits(connect, idle, next, answerBytes);
    }

    CallLimits answerBytes(long next) {
        return new CallLimits(connect, idle, whole, next);
    }
}
