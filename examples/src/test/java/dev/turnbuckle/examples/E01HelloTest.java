package dev.turnbuckle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class E01HelloTest {
    @TempDir
    Path folder;

    @Test
    void theAgentAnswersAndLeavesADatabase() throws IOException, InterruptedException {
        var ended = new ChildJvm(folder).run(E01Hello.class);
        assertThat(ended).isEqualTo(new ChildJvm.Ended(0, List.of("A raincoat and boots.")));
        assertThat(folder.resolve("agents.db")).isNotEmptyFile();
    }
}
