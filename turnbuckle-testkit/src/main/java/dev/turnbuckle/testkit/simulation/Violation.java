package dev.turnbuckle.testkit.simulation;

/**
 * A rule that a run broke.
 *
 * @param checker who noticed: {@code leases}, {@code commits}, {@code inputs}, …; docs/SIMULATION.md lists them
 * @param at virtual time since the beginning, in microseconds
 */
public record Violation(String checker, long at, String message) {
    @Override
    public String toString() {
        return "[" + checker + "] at " + Log.time(at * 1_000) + ": " + message;
    }
}
