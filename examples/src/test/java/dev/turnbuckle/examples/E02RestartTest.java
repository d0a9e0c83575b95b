package dev.turnbuckle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class E02RestartTest {
    @TempDir
    Path folder;

    @Test
    void killedAfterTheMoneyMovedAndStartedAgainItGoesOnAndPaysOnce() throws IOException, InterruptedException {
        var jvm = new ChildJvm(folder);
        var killed = jvm.run(E02Restart.class, "dies");
        assertThat(killed).isEqualTo(new ChildJvm.Ended(137, List.of("accepted")));
        assertThat(folder.resolve("ledger.txt")).content().hasLineCount(1);

        var restarted = jvm.run(E02Restart.class);
        assertThat(restarted).isEqualTo(new ChildJvm.Ended(0, List.of("going on", "42.00 are on their way back.")));
        assertThat(folder.resolve("ledger.txt")).content().hasLineCount(1);

        var again = jvm.run(E02Restart.class);
        assertThat(again.lines()).containsExactly("going on", "42.00 are on their way back.");
        assertThat(folder.resolve("ledger.txt")).content().hasLineCount(1);
    }
}
