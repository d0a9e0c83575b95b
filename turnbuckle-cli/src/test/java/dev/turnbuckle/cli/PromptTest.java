package dev.turnbuckle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.cli.out.Streams.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PromptTest {
    private final List<String> told = new ArrayList<>();

    private Prompt prompt(InputStream in, Kind kind) {
        return new Prompt(in, kind, Duration.ofMillis(100), told::add);
    }

    private static InputStream in(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void wordsAloneAreTheInput() throws IOException {
        assertThat(prompt(in("not read"), Kind.TERMINAL).text("Hi")).isEqualTo("Hi");
        assertThat(prompt(in("not read"), Kind.OTHER).text("Hi")).isEqualTo("Hi");
    }

    @ParameterizedTest
    @EnumSource(names = {"PIPE", "FILE"})
    void whatIsPipedInFollowsTheWords(Kind kind) throws IOException {
        assertThat(prompt(in("+ öl\n"), kind).text("Review this")).isEqualTo("Review this\n\n+ öl\n");
    }

    @Test
    void anEmptyPipeAddsNothing() throws IOException {
        assertThat(prompt(in(""), Kind.PIPE).text("Hi")).isEqualTo("Hi");
        assertThat(prompt(in(" \n"), Kind.FILE).text("Hi")).isEqualTo("Hi");
        assertThat(told).isEmpty();
    }

    @Test
    void withoutWordsThePipeIsTheInput() throws IOException {
        assertThat(prompt(in("What?"), Kind.PIPE).text(null)).isEqualTo("What?");
    }

    @Test
    void aDashIsStandardInputWhateverItIs() throws IOException {
        assertThat(prompt(in("typed"), Kind.TERMINAL).text("-")).isEqualTo("typed");
        assertThat(prompt(in("some"), Kind.OTHER).text("-")).isEqualTo("some");
    }

    @Test
    @Timeout(20)
    void aPipeThatStaysSilentIsNotWaitedForAndThatIsSaid() throws IOException {
        try (var nobody = new PipedOutputStream();
                var silent = new PipedInputStream(nobody)) {
            assertThat(prompt(silent, Kind.PIPE).text("Hi")).isEqualTo("Hi");
            assertThat(told).hasSize(1).first().asString().contains("standard input", "</dev/null");
        }
    }

    @Test
    void noInputIsWrongUsage() {
        assertThatThrownBy(() -> prompt(in(""), Kind.TERMINAL).text(null))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("-p TEXT");
        assertThatThrownBy(() -> prompt(in(" "), Kind.PIPE).text(null)).hasMessageContaining("empty");
        assertThatThrownBy(() -> prompt(in(""), Kind.TERMINAL).text(" ")).hasMessageContaining("empty");
    }

    @Test
    void tooMuchIsRefusedWithTheBound() {
        assertThatThrownBy(() ->
                        prompt(in("x".repeat(Prompt.MAX_BYTES + 1)), Kind.FILE).text("-"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("1048576");
    }
}
