package dev.turnbuckle.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.cli.out.Screen;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Real processes, really killed. */
@Tag("full")
class DemoTest {
    @TempDir
    private Path folder;

    private List<JsonNode> run(int kills, long seed) throws Exception {
        var out = new ByteArrayOutputStream();
        var screen = new Screen(new PrintStream(out, true, StandardCharsets.UTF_8), false);
        boolean ok = new Demo(new Demo.Order(folder.resolve("demo"), kills, seed, true, "turnbuckle"), screen).run();
        String text = out.toString(StandardCharsets.UTF_8);
        assertThat(ok).as(text).isTrue();
        return text.lines().map(JsonMapper.shared()::readTree).toList();
    }

    private static int number(JsonNode summary, String name) {
        assertThat(summary.has(name)).as(name).isTrue();
        return summary.path(name).asInt();
    }

    @Test
    @Timeout(120)
    void theStoryHasThreeKillsNineRunsAndSevenRecalls() throws Exception {
        JsonNode summary = run(0, 0).getLast();

        assertThat(summary.path("type").asString()).isEqualTo("summary");
        assertThat(number(summary, "kills")).isEqualTo(3);
        assertThat(number(summary, "inputsAccepted")).isEqualTo(1);
        assertThat(number(summary, "inputsApplied")).isEqualTo(1);
        assertThat(number(summary, "inputsLost")).isZero();
        assertThat(number(summary, "turnsCommitted")).isEqualTo(1);
        assertThat(number(summary, "effectsRun")).isEqualTo(9);
        assertThat(number(summary, "effectsRecalled")).isEqualTo(7);
        assertThat(number(summary, "recordedEffectsRunAgain")).isZero();
        assertThat(number(summary, "onceToolStarts")).isEqualTo(1);
        assertThat(number(summary, "unknownOutcomes")).isEqualTo(1);
        assertThat(number(summary, "modelAttemptsRepeated")).isEqualTo(1);
    }

    @Test
    @Timeout(600)
    void fiftyKillsLoseNothingAndRepeatNothing() throws Exception {
        JsonNode summary = run(50, 11).getLast();

        assertThat(number(summary, "kills")).isEqualTo(50);
        assertThat(number(summary, "inputsLost")).isZero();
        assertThat(number(summary, "recordedEffectsRunAgain")).isZero();
        assertThat(number(summary, "onceToolsStartedTwice")).isZero();
        assertThat(number(summary, "ledgerLinesTwice")).isZero();
        assertThat(number(summary, "ledgerLines")).isEqualTo(number(summary, "inputsAccepted"));
    }
}
