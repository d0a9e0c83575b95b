package dev.turnbuckle.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command as it is installed: it runs from anywhere, without the source tree. */
@Timeout(120)
class InstallTest {
    @TempDir
    private Path folder;

    private Path elsewhere;

    private record Said(int status, String out) {}

    /** Only a build that packages has a program to install; {@code mvn test} has none. */
    @BeforeEach
    void aProgramThatIsBuilt() throws IOException {
        Path module = Repository.file("turnbuckle-cli");
        Path jar = module.resolve("target/turnbuckle-cli-0.1.0-SNAPSHOT.jar");
        assumeThat(jar).exists();
        assumeThat(module.resolve("target/lib")).isDirectory();
        assumeThat(newerThan(jar)).isEmpty();
        elsewhere = Files.createDirectories(folder.resolve("else where"));
    }

    /** What would make the launcher build, beside the build that runs this test. */
    private static List<Path> newerThan(Path jar) throws IOException {
        var built = Files.getLastModifiedTime(jar);
        try (Stream<Path> modules = Files.list(Repository.ROOT)) {
            return modules.filter(m -> m.getFileName().toString().startsWith("turnbuckle-"))
                    .flatMap(m -> Stream.concat(Stream.of(m.resolve("pom.xml")), below(m.resolve("src/main"))))
                    .filter(Files::exists)
                    .filter(f -> f.toFile().lastModified() > built.toMillis())
                    .toList();
        }
    }

    private static Stream<Path> below(Path at) {
        try (Stream<Path> files = Files.exists(at) ? Files.walk(at) : Stream.empty()) {
            return files.toList().stream();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Said run(Object... command) throws Exception {
        Path out = folder.resolve("out");
        var builder = new ProcessBuilder(
                        Stream.of(command).map(Object::toString).toList())
                .directory(elsewhere.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        builder.environment().put("TURNBUCKLE_JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("TURNBUCKLE_AOT", "off");
        builder.environment().put("XDG_STATE_HOME", folder.resolve("state").toString());
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Said(process.exitValue(), Files.readString(out));
    }

    @Test
    void theInstalledCommandRunsFromAnotherFolderAndThroughALink() throws Exception {
        Path prefix = folder.resolve("pre fix");
        Said installed = run(Repository.file("turnbuckle"), "install", "--prefix", prefix);
        assertThat(installed.out()).contains("installed " + prefix.toRealPath() + "/bin/turnbuckle");
        assertThat(installed.status()).isZero();

        Path command = prefix.resolve("bin/turnbuckle");
        assertThat(run(command, "--version").out()).startsWith("turnbuckle 0.1.0");
        Path link = Files.createSymbolicLink(elsewhere.resolve("tb"), command);
        Path script = Files.writeString(elsewhere.resolve("s.json"), "{\"steps\": [{\"say\": \"Hello.\"}]}");
        Said answered = run(link, "run", "-p", "Hi", "--script", script);
        assertThat(answered.status()).as(answered.out()).isZero();
        assertThat(answered.out()).endsWith("Hello.\n");
        assertThat(folder.resolve("state/turnbuckle/agents.db")).exists();
    }

    @Test
    void completionsLieWhereTheShellsLook() throws Exception {
        Path prefix = folder.resolve("prefix");
        run(Repository.file("turnbuckle"), "install", "--prefix", prefix);

        assertThat(prefix.resolve("share/bash-completion/completions/turnbuckle"))
                .content()
                .contains("complete -F _complete_turnbuckle");
        assertThat(prefix.resolve("share/zsh/site-functions/_turnbuckle"))
                .content()
                .startsWith("#compdef turnbuckle\n");
    }

    @Test
    void aSecondInstallationReplacesTheFirst() throws Exception {
        Path prefix = folder.resolve("prefix");
        run(Repository.file("turnbuckle"), "install", "--prefix", prefix);
        Path stale = Files.writeString(prefix.resolve("lib/turnbuckle/lib/stale.jar"), "");

        assertThat(run(Repository.file("turnbuckle"), "install", "--prefix=" + prefix)
                        .status())
                .isZero();
        assertThat(stale).doesNotExist();
        assertThat(run(prefix.resolve("bin/turnbuckle"), "--version").status()).isZero();
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");

        Said said = run(Repository.file("turnbuckle"), "install", "--prefix", file.resolve("below"));

        assertThat(said.status()).isEqualTo(2);
        assertThat(said.out()).contains("file/below", "--prefix");
    }
}
