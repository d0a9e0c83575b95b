package dev.turnbuckle.jdbc;

import dev.turnbuckle.testkit.simulation.Simulation;
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

    private void run(long from, long to) {
        for (long seed = from; seed <= to; seed++) {
            Path file = folder.resolve("agents-" + seed + ".db");
            Simulation.over(dead -> SqliteStorage.at(file)).waiting().run(seed).requireClean();
        }
    }

    @Test
    void someSeedsBreakNoRule() {
        run(1, 8);
    }

    @Test
    @Tag("full")
    void manySeedsBreakNoRule() {
        run(9, 500);
    }
}
