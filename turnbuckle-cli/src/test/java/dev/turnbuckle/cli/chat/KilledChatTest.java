package dev.turnbuckle.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, killed by the system in the middle of a turn. */
@Tag("full")
@Timeout(240)
class KilledChatTest {
    private static final String SCRIPT = """
            {"tools": [{"name": "charge", "effect": "ONCE", "returns": "charged"}],
             "steps": [{"say": "Charging.", "call": {"tool": "charge", "arguments": {"order": "A-17"}}},
                       {"say": "one two three four five six seven eight nine ten", "pausing": "PT0.3S"},
                       {"say": "You are welcome."}]}
            """;

    @TempDir
    private Path folder;

    private final class Terminal implements AutoCloseable {
        private final Process process;
        private final Path screen;
        private final OutputStream keys;

        Terminal(String name) throws IOException {
            screen = folder.resolve(name + ".txt");
            var script = folder.resolve("script.json");
            Files.writeString(script, SCRIPT);
            process = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-Dturnbuckle.input=terminal",
                            "-cp",
                            System.getProperty("java.class.path"),
                            "dev.turnbuckle.cli.Main",
                            "chat",
                            "--session",
                            "s",
                            "--db",
                            folder.resolve("agents.db").toString(),
                            "--script",
                            script.toString()))
                    .redirectErrorStream(true)
                    .redirectOutput(screen.toFile())
                    .start();
            keys = process.getOutputStream();
        }

        void types(String line) throws IOException {
            keys.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            keys.flush();
        }

        void sees(String text) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(Files.readString(screen)).contains(text));
        }

        /** @return what was on the screen */
        String killed() throws Exception {
            process.destroyForcibly();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(137);
            return Files.readString(screen);
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    @Test
    void aKilledChatGoesOnWithTheOpenTurnAndRepeatsNothing() throws Exception {
        try (var first = new Terminal("first")) {
            first.sees("you ▸ ");
            first.types("Charge it");
            first.sees("one two");
            assertThat(first.killed()).contains("✓ charge         charged").doesNotContain("nine ten");
        }
        try (var second = new Terminal("second")) {
            second.sees("you ▸ Charge it");
            second.sees("was open when the last program ended; it goes on");
            second.sees("one two");
            assertThat(second.killed()).doesNotContain("▸ charge"); // it is not started again
        }
        try (var third = new Terminal("third")) {
            third.sees("one two three four five six seven eight nine ten");
            third.types("Thanks");
            third.sees("You are welcome.");
            third.types("/quit");
            assertThat(third.process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(third.process.exitValue()).isZero();
            assertThat(Files.readString(third.screen)).doesNotContain("▸ charge         ONCE");
        }
    }
}
