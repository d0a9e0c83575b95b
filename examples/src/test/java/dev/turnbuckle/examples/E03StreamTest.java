package dev.turnbuckle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class E03StreamTest {
    @TempDir
    Path folder;

    @Test
    void aPageGoesOnWhereItWasClosedAndAfterARestartGetsAGapWithTheView() {
        var shown = new ByteArrayOutputStream();
        E03Stream.show(folder, new PrintStream(shown, true, StandardCharsets.UTF_8));
        List<String> lines = shown.toString(StandardCharsets.UTF_8).lines().toList();

        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).startsWith("first page: [view").endsWith("text_delta]");
        assertThat(lines.get(1))
                .startsWith("second page: [text_delta, text_delta, text_delta, text_delta, text_delta")
                .endsWith("turn_ended, committed]");
        assertThat(lines.get(2)).isEqualTo("third page: [gap]");
    }
}
