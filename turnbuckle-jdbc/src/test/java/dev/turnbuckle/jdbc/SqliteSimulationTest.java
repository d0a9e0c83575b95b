package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnbuckle.testkit.simulation.Simulation;
import dev.turnbuckle.testkit.simulation.SimulationResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole deployments over one SQLite file while everything breaks: the same referees as over memory.
 * {@code -Dsimulation.seed=42} runs that seed alone.
 */
@Timeout(1_200)
class SqliteSimulationTest {
    private static final String ONE = System.getProperty("simulation.seed");

    @TempDir
    private Path folder;

    private SimulationResult run(long seed, String file) {
        Path path = folder.resolve(file + "-" + seed + ".db");
        return Simulation.over(dead -> SqliteStorage.at(path)).waiting().run(seed);
    }

    private void requireClean(long from, long to) throws IOException {
        for (long seed = from; seed <= to; seed++) {
            SimulationResult result = run(seed, "agents");
            if (!result.violations().isEmpty() || ONE != null) {
                Path traces = Files.createDirectories(Path.of("target", "simulation"));
                Path trace = Files.write(traces.resolve("sqlite-seed-" + seed + ".txt"), result.trace());
                assertThat(result.violations())
                        .as("Run it again with\n    mvn -B verify -pl turnbuckle-jdbc -am -Dtest=SqliteSimulationTest"
                                + " -Dsurefire.failIfNoSpecifiedTests=false -Dsimulation.seed=" + seed
                                + "\n  what happened: " + trace.toAbsolutePath())
                        .isEmpty();
            }
        }
    }

    @Test
    void someSeedsBreakNoRule() throws IOException {
        long one = ONE == null ? 0 : Long.parseLong(ONE);
        requireClean(ONE == null ? 1 : one, ONE == null ? 8 : one);
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        SimulationResult first = run(2, "first");
        assertThat(first.trace()).hasSizeGreaterThan(50);
        assertThat(run(2, "second")).isEqualTo(first);
    }

    @Test
    @Tag("full")
    void manySeedsBreakNoRule() throws IOException {
        assumeTrue(ONE == null, "one seed was asked for");
        requireClean(9, 500);
    }
}
