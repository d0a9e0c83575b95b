package dev.turnbuckle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "frobnicate",
                "--frobnicate",
                "demo --kills 0",
                "demo --kills many",
                "demo --seed 3",
                "demo extra",
                "run",
                "run -p Hi",
                "run -p Hi --script a.json --max-calls 0",
                "sessions list --limit 0",
                "sessions show",
                "chat",
                "chat --session a --continue --script a.json",
                "completion fish",
            })
    void wrongUsageIsOneLineAndStatusTwo(String arguments) {
        Shell shell = Shell.run((Object[]) arguments.split(" "));

        assertThat(shell.status()).isEqualTo(2);
        assertThat(shell.out()).isEmpty();
        assertThat(shell.complaint().lines()).hasSize(1);
        assertThat(shell.err()).contains("turnbuckle", "--help").doesNotContain("Exception");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "demo --help",
                "run --help",
                "sessions --help",
                "sessions list --help",
                "sessions show --help",
                "doctor --help",
                "chat --help",
                "models --help",
                "completion --help"
            })
    void helpFitsEightyColumns(String arguments) {
        Shell shell = Shell.run((Object[]) arguments.split(" "));

        assertThat(shell.status()).isZero();
        assertThat(shell.lines()).isNotEmpty().allMatch(line -> line.length() <= 80);
    }

    @Test
    void theWorkerOfTheDemoIsNotShown() {
        assertThat(Shell.run("--help").out()).contains("chat", "doctor").doesNotContain("demo-worker", "warm-up");
    }

    @Test
    void theVersionIsOneLine() {
        assertThat(Shell.run("--version").lines()).hasSize(1).first().asString().startsWith("turnbuckle ");
    }
}
