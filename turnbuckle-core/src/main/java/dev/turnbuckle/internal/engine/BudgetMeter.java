package dev.turnbuckle.internal.engine;

import dev.turnbuckle.agent.Budget;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Counts against the turn's budget (J19). What is counted is recorded, so a recalled turn counts the same. */
final class BudgetMeter {
    private final Budget budget;
    private int iterations;
    private int fruitless;
    private int toolCalls;
    private long tokens;

    BudgetMeter(Budget budget) {
        this.budget = budget;
    }

    void beforeModel() {
        if (iterations >= budget.iterations()) {
            throw over("iterations " + budget.iterations());
        }
        if (fruitless >= budget.fruitless()) {
            throw over("fruitless attempts " + budget.fruitless());
        }
        Long most = budget.tokens();
        if (most != null && tokens >= most) {
            throw over("tokens " + most);
        }
        iterations++;
    }

    void used(long count) {
        tokens += count;
    }

    void brought(boolean something) {
        fruitless = something ? 0 : fruitless + 1;
    }

    void beforeTools(int calls) {
        toolCalls += calls;
        Integer most = budget.toolCalls();
        if (most != null && toolCalls > most) {
            throw over("tool calls " + most);
        }
    }

    /** Looked at before an effect is performed, never when one is recalled. */
    void beforeEffect(Duration driven) {
        Duration most = budget.wallClock();
        if (most != null && driven.compareTo(most) >= 0) {
            throw over("wall clock " + most);
        }
    }

    @Nullable Duration wallClockLeft(Duration driven) {
        Duration most = budget.wallClock();
        return most == null ? null : most.minus(driven);
    }

    /** The wall clock ran out while something was performed. */
    Halt overWallClock() {
        return over("wall clock " + budget.wallClock());
    }

    private static Halt over(String bound) {
        return new Halt(new Halt.Reason.OverBudget(bound));
    }
}
