package dev.turnbuckle.checks.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.examples.E01Hello;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootVersionsTest {
    @TempDir
    Path folder;

    @Test
    void theHelloExampleRunsOnTheVersionsThatSpringBootManages() throws IOException, InterruptedException {
        Path out = folder.resolve("stdout");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        E01Hello.class.getName())
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(out.toFile())
                .start();
        try {
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(Files.readAllLines(out)).isEqualTo(List.of("A raincoat and boots."));
        } finally {
            process.destroyForcibly();
        }
    }

    /** Otherwise the test above would prove nothing. */
    @Test
    void thoseVersionsAreNotOurs() throws IOException {
        assertThat(version("tools.jackson.core", "jackson-databind")).isEqualTo("3.1.7");
        assertThat(version("org.xerial", "sqlite-jdbc")).isEqualTo("3.53.4.0");
        assertThat(System.getProperty("java.class.path"))
                .contains("opentelemetry-api-1.62.0.jar", "slf4j-api-2.0.20.jar");
    }

    private static String version(String group, String artifact) throws IOException {
        String file = "/META-INF/maven/" + group + "/" + artifact + "/pom.properties";
        try (InputStream in = BootVersionsTest.class.getResourceAsStream(file)) {
            assertThat(in).as(file).isNotNull();
            var properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        }
    }
}
