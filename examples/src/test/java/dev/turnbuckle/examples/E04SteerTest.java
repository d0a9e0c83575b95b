package dev.turnbuckle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class E04SteerTest {
    @TempDir
    Path folder;

    @Test
    void aSteerJoinsAndAStoppedTurnKeepsWhatItSaid() {
        var out = new ByteArrayOutputStream();
        E04Steer.run(folder, new PrintStream(out, true, StandardCharsets.UTF_8));
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("steered"),
                        line -> assertThat(line).isEqualTo("stopping"),
                        line -> assertThat(line)
                                .startsWith("Cancelled[")
                                .contains("partialText=Day one: the train", "by=user", "reason=user pressed stop"),
                        line -> assertThat(line).isEqualTo("November."));
    }

    @Test
    void aTurnIsStoppedByItsIds() {
        try (var planner = E04Steer.planner(folder)) {
            var turn = planner.session("trip").send("Plan a week in Norway.");
            E04Steer.stopButton(planner, "trip", turn.id().value());
            assertThat(turn.await().code()).isEqualTo("cancelled");
        }
    }
}
