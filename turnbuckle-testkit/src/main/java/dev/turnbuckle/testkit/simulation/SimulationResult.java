package dev.turnbuckle.testkit.simulation;

import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * What became of one run.
 *
 * @param violations the rules that were broken, first things first; empty when all held
 * @param reached how often each interesting case was reached
 * @param trace what happened, line by line; docs/SIMULATION.md says how to read it
 * @param took virtual time
 */
public record SimulationResult(
        long seed, List<Violation> violations, SortedMap<String, Long> reached, List<String> trace, Duration took) {
    public SimulationResult {
        violations = List.copyOf(violations);
        trace = List.copyOf(trace);
    }

    /** @throws AssertionError naming the seed and every broken rule */
    public void requireClean() {
        if (!violations.isEmpty()) {
            throw new AssertionError("seed " + seed + " breaks the rules:\n  "
                    + violations.stream().map(Violation::toString).collect(Collectors.joining("\n  ")));
        }
    }
}
