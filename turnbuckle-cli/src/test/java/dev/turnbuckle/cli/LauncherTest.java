package dev.turnbuckle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How the program is started, with JDKs that only say what they were asked. */
@Timeout(60)
class LauncherTest {
    private static final Path SCRIPTS = Path.of("src/main/sh").toAbsolutePath();

    /** Prints its arguments; told to make a cache, makes a file. */
    private static final String JAVA = """
            #!/bin/sh
            for word in "$@"; do
                echo "$word"
                case $word in -XX:AOTCacheOutput=*) echo made >"${word#*=}" ;; esac
            done
            """;

    @TempDir
    private Path folder;

    private Path home;

    @BeforeEach
    void aProgram() throws IOException {
        home = Files.createDirectories(folder.resolve("with space/lib/turnbuckle"));
        Path jar = Files.writeString(home.resolve("turnbuckle.jar"), "jar");
        Files.setLastModifiedTime(jar, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
    }

    private Path jdk(String version) throws IOException {
        Path jdk = Files.createDirectories(folder.resolve("jdk-" + version));
        Files.createDirectories(jdk.resolve("bin"));
        for (String name : List.of("java", "javac")) {
            Path program = Files.writeString(jdk.resolve("bin").resolve(name), JAVA);
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Path release =
                Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version + "\"\n");
        Files.setLastModifiedTime(release, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
        return jdk;
    }

    private record Said(int status, String out, String err) {}

    private Said sh(String script, String... variables) throws Exception {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        var shell = new ProcessBuilder(
                        "sh",
                        "-c",
                        "set -eu\nprogram=test needs=java jar=$HOME_OF/turnbuckle.jar\n. \"" + SCRIPTS + "/java.sh\"\n"
                                + script,
                        "turnbuckle")
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        shell.environment().keySet().removeAll(List.of("JAVA_HOME", "TURNBUCKLE_JAVA_HOME", "TURNBUCKLE_AOT"));
        shell.environment().put("HOME_OF", home.toString());
        for (int i = 0; i < variables.length; i += 2) {
            shell.environment().put(variables[i], variables[i + 1]);
        }
        Process process = shell.start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Said(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    private Said start(Path jdk, String... more) throws Exception {
        var variables = new java.util.ArrayList<String>(List.of("TURNBUCKLE_JAVA_HOME", jdk.toString()));
        variables.addAll(List.of(more));
        return sh("find_jdk\nstart run -p 'two words'", variables.toArray(String[]::new));
    }

    private List<Path> caches() throws IOException {
        try (var files = Files.list(home)) {
            return files.filter(f -> f.toString().endsWith(".aot")).toList();
        }
    }

    /** Caches are made in the background: the folder is left when nobody works in it any more. */
    @AfterEach
    void awaitMakers() {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            try (var files = Files.list(home)) {
                return files.map(Path::toString).noneMatch(f -> f.endsWith(".making") || f.endsWith(".begun"));
            }
        });
    }

    private Path awaitCache() throws Exception {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !caches().isEmpty());
        assertThat(caches()).hasSize(1);
        return caches().getFirst();
    }

    @Test
    void theFirstStartDoesNotWaitForTheCacheAndTheSecondUsesIt() throws Exception {
        Path jdk = jdk("25.0.3");
        Said first = start(jdk);
        Path cache = awaitCache();
        Said second = start(jdk);

        assertThat(first.out()).doesNotContain("AOT");
        assertThat(second.out()).contains("-XX:AOTCache=" + cache + "\n", "-Dturnbuckle.cache=" + cache + "\n");
        assertThat(second.out()).endsWith("dev.turnbuckle.cli.Main\nrun\n-p\ntwo words\n");
        assertThat(second.out()).contains("--enable-native-access=ALL-UNNAMED");
        assertThat(second.err()).isEmpty();
    }

    @Test
    void aCacheThatIsOlderThanTheProgramIsMadeAgain() throws Exception {
        Path jdk = jdk("25.0.3");
        start(jdk);
        Path cache = awaitCache();
        Files.writeString(cache, "old");
        Files.setLastModifiedTime(cache, FileTime.from(Instant.parse("2025-01-01T00:00:00Z")));

        assertThat(start(jdk).out()).doesNotContain("AOTCache=");
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(Files.readString(cache)).isEqualTo("made\n"));
    }

    @Test
    void anotherJdkHasAnotherCache() throws Exception {
        start(jdk("25.0.3"));
        awaitCache();

        assertThat(start(jdk("26")).out()).doesNotContain("AOTCache=");
    }

    @Test
    void anOlderJdkStartsWithoutACacheAndWithoutAWord() throws Exception {
        Said said = start(jdk("21.0.4"));

        assertThat(said.status()).isZero();
        assertThat(said.out()).contains("dev.turnbuckle.cli.Main").doesNotContain("AOT");
        assertThat(said.err()).isEmpty();
        assertThat(caches()).isEmpty();
    }

    @Test
    void theCacheCanBeSwitchedOff() throws Exception {
        start(jdk("25"), "TURNBUCKLE_AOT", "off");

        assertThat(sh(
                                "find_jdk; find_cache; echo \"[$cache]\"",
                                "TURNBUCKLE_JAVA_HOME",
                                jdk("25").toString(),
                                "TURNBUCKLE_AOT",
                                "off")
                        .out())
                .isEqualTo("[]\n");
        assertThat(caches()).isEmpty();
    }

    @Test
    void aMakerThatDiedDoesNotKeepOthersFromMakingIt() throws Exception {
        Path jdk = jdk("25");
        Said name = sh(
                "find_jdk; find_cache; ln -s 999999999 \"$cache.making\"; echo \"$cache\"",
                "TURNBUCKLE_JAVA_HOME",
                jdk.toString());
        start(jdk);

        assertThat(awaitCache()).hasToString(name.out().strip());
    }

    @Test
    void whatStandardInputAndOutputAreIsPassedOn() throws Exception {
        assertThat(start(jdk("21")).out()).contains("-Dturnbuckle.input=other\n", "-Dturnbuckle.output=other\n");
        assertThat(sh(
                                "find_jdk; echo x | start run",
                                "TURNBUCKLE_JAVA_HOME",
                                jdk("21").toString())
                        .out())
                .contains("-Dturnbuckle.input=pipe\n");
        assertThat(sh(
                                "find_jdk; start run <\"$jar\"",
                                "TURNBUCKLE_JAVA_HOME",
                                jdk("21").toString())
                        .out())
                .contains("-Dturnbuckle.input=file\n");
    }

    @Test
    void aJavaThatIsTooOldIsNamedWithTheVariable() throws Exception {
        Said said = start(jdk("17.0.1"));

        assertThat(said.status()).isEqualTo(2);
        assertThat(said.err()).contains("TURNBUCKLE_JAVA_HOME", "jdk-17.0.1", "21 or newer");
    }

    @Test
    void completionForBashCompletesCommandsAndOptions() throws Exception {
        Path script = Files.writeString(
                folder.resolve("turnbuckle.bash"),
                Shell.run("completion", "bash").out());
        String complete = "bash -c '. \"%s\"; COMP_WORDS=(turnbuckle %s); COMP_CWORD=%d; _complete_turnbuckle; "
                + "echo \"${COMPREPLY[@]}\"'";

        assertThat(sh(String.format(complete, script, "mo", 1)).out()).isEqualTo("models\n");
        assertThat(sh(String.format(complete, script, "chat --con", 2)).out()).contains("--continue");
        assertThat(sh(String.format(complete, script, "w", 1)).out()).isEqualTo("worker\n");
    }

    @Test
    void completionForZshIsAFunctionOfItsFolder() {
        Shell shell = Shell.run("completion", "zsh");

        assertThat(shell.lines().getFirst()).isEqualTo("#compdef turnbuckle");
        assertThat(shell.out()).contains("bashcompinit", "_complete_turnbuckle");
    }
}
