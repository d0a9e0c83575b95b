package dev.turnbuckle.session;

import dev.turnbuckle.error.NoAnswerException;
import dev.turnbuckle.internal.codec.Json;
import java.util.List;

/** How a turn ended, or that it waits (T13). */
public sealed interface TurnOutcome {
    TurnId turn();

    /** Stable, for programs. */
    String code();

    /**
     * The answer.
     *
     * @throws NoAnswerException for any other outcome, naming it and what to do
     */
    default String text() {
        throw new NoAnswerException("turn " + turn() + " has no answer: " + this + "; " + remedy());
    }

    /**
     * The typed answer that the input asked for.
     *
     * @throws NoAnswerException for any other outcome
     * @throws dev.turnbuckle.error.InvalidInputException when the answer is not JSON of this type
     */
    default <T> T value(Class<T> type) {
        return Json.<T>readUser(text(), type);
    }

    private String remedy() {
        return switch (this) {
            case Answered a -> "it is an answer";
            case Suspended s -> "answer its waits (turnbuckle.waits()), then await() again";
            case Cancelled c -> "send the input again if it was cancelled by mistake";
            case BudgetExhausted b -> "raise the agent's budget or send a narrower input";
            case Failed f -> f.retryable() ? "send the input again later" : "look at the message, then send again";
        };
    }

    record Answered(TurnId turn, String answer, Usage usage) implements TurnOutcome {
        @Override
        public String code() {
            return "answered";
        }

        @Override
        public String text() {
            return answer;
        }
    }

    /** Not an end: the turn waits, holding nothing; {@code await()} again after the answer. */
    record Suspended(TurnId turn, List<OpenWait> waits) implements TurnOutcome {
        public Suspended {
            waits = List.copyOf(waits);
        }

        @Override
        public String code() {
            return "suspended";
        }
    }

    record Cancelled(TurnId turn, String partialText, String by, String reason) implements TurnOutcome {
        @Override
        public String code() {
            return "cancelled";
        }
    }

    /** @param bound the bound that was reached, with its value */
    record BudgetExhausted(TurnId turn, String bound, String partialText) implements TurnOutcome {
        @Override
        public String code() {
            return "budget_exhausted";
        }
    }

    record Failed(TurnId turn, String code, String message, boolean retryable) implements TurnOutcome {}
}
