package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.testkit.simulation.Simulation;
import dev.turnbuckle.testkit.simulation.SimulationResult;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole deployments over one SQLite file while everything breaks: the same referees as over memory. */
@Timeout(900)
class SqliteSimulationTest {
    @TempDir
    private Path folder;

    private SimulationResult run(long seed, String file) {
        Path path = folder.resolve(file + "-" + seed + ".db");
        return Simulation.over(dead -> SqliteStorage.at(path)).waiting().run(seed);
    }

    private void requireClean(long from, long to) {
        for (long seed = from; seed <= to; seed++) {
            run(seed, "agents").requireClean();
        }
    }

    @Test
    void someSeedsBreakNoRule() {
        requireClean(1, 8);
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        SimulationResult first = run(2, "first");
        assertThat(first.trace()).hasSizeGreaterThan(50);
        assertThat(run(2, "second")).isEqualTo(first);
    }

    @Test
    @Tag("full")
    void manySeedsBreakNoRule() {
        requireClean(9, 500);
    }
}
