package dev.turnbuckle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreTest {

    @TempDir
    private Path folder;

    private Path database;

    @BeforeEach
    void aSession() throws IOException {
        database = folder.resolve("agents.db");
        Path script = Files.writeString(folder.resolve("s.json"), "{\"steps\": [{\"say\": \"Hello\\u001b[31m you\"}]}");
        assertThat(Shell.run("run", "-p", "Good morning", "--session", "s", "--db", database, "--script", script)
                        .status())
                .isZero();
    }

    private static Shell on(Path file, String command) {
        return Shell.run((Object[]) (command + " --db " + file).split(" "));
    }

    @Test
    void aListHasALineForEachSession() {
        Shell shell = on(database, "sessions list");

        assertThat(shell.lines()).hasSize(1);
        assertThat(shell.out()).contains("s  default  rev 1", "idle", "Good morning");
        assertThat(on(database, "sessions list --json")
                        .json()
                        .getFirst()
                        .path("id")
                        .asString())
                .isEqualTo("s");
    }

    @Test
    void aSessionIsShownWithWhatWasSaidItsTurnsAndInputs() {
        Shell shell = on(database, "sessions show s");

        assertThat(shell.status()).isZero();
        assertThat(shell.out()).contains("Good morning", "Hello", "answered, 1 drive, revision 1", "1 applied");
        assertThat(on(database, "sessions show s --json").json())
                .extracting(j -> j.path("type").asString())
                .contains("turn", "input");
    }

    @Test
    void whatAModelSaidCannotCommandTheTerminal() {
        assertThat(on(database, "sessions show s").out()).doesNotContain("\u001b");
    }

    @Test
    void anUnknownSessionIsNamedWithWhereToLook() {
        Shell shell = on(database, "sessions show nobody");

        assertThat(shell.status()).isEqualTo(2);
        assertThat(shell.complaint()).contains("nobody", "sessions list");
    }

    @Test
    void aGoodDatabaseIsWell() {
        Shell shell = on(database, "doctor");

        assertThat(shell.status()).isZero();
        assertThat(shell.out()).contains("schema", "leases", "integrity").doesNotContain("BAD");
        assertThat(on(database, "doctor --json").json().getLast().path("ok").asBoolean())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sessions list", "sessions show s", "doctor"})
    void aMissingDatabaseIsNotMade(String command) {
        Path missing = folder.resolve("missing.db");

        Shell shell = on(missing, command);

        assertThat(shell.status()).isEqualTo(2);
        assertThat(shell.complaint()).contains("missing.db", "--db");
        assertThat(missing).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sessions list", "sessions show s", "doctor"})
    void aDatabaseOfAnotherProgramIsNotTouched(String command) throws Exception {
        Path foreign = Databases.foreign(folder);
        byte[] before = Files.readAllBytes(foreign);

        Shell shell = on(foreign, command);

        assertThat(shell.status()).isEqualTo(2);
        assertThat(shell.complaint()).contains("another program", "recipe");
        assertThat(Files.readAllBytes(foreign)).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sessions list", "sessions show s", "doctor"})
    void aNewerSchemaIsToldWithBothVersions(String command) throws Exception {
        Shell shell = on(Databases.newer(database), command);

        assertThat(shell.status()).isEqualTo(2);
        assertThat(shell.complaint()).contains("999", "newer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sessions list", "sessions show s", "doctor"})
    void aFolderIsNoDatabase(String command) {
        Shell shell = on(folder, command);

        assertThat(shell.status()).isEqualTo(2);
        assertThat(shell.complaint()).contains("is a folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sessions list", "doctor"})
    void aFileThatIsNoDatabaseIsNamed(String command) throws IOException {
        Path text = Files.writeString(folder.resolve("notes.txt"), "Dear diary, ".repeat(1_000));

        Shell shell = on(text, command);

        assertThat(shell.status()).isIn(1, 2);
        assertThat(shell.complaint()).contains("notes.txt");
        assertThat(shell.complaint()).doesNotContain("bug");
    }
}
