package dev.turnbuckle.cli.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderTest {
    @TempDir
    private Path outside;

    private Path root;
    private Folder folder;

    @BeforeEach
    void aFolderWithAWayOut() throws IOException {
        root = Files.createDirectories(outside.resolve("home"));
        Files.writeString(outside.resolve("secret.txt"), "secret");
        Files.writeString(root.resolve("notes.txt"), "one\ntwo\nthree\n");
        Files.createDirectories(root.resolve("src/main"));
        Files.writeString(root.resolve("src/main/A.java"), "class A {}");
        Files.createSymbolicLink(root.resolve("out"), outside);
        Files.createSymbolicLink(root.resolve("out.txt"), outside.resolve("secret.txt"));
        Files.createSymbolicLink(root.resolve("in.txt"), root.resolve("notes.txt"));
        Files.createSymbolicLink(root.resolve("new.txt"), outside.resolve("made.txt"));
        folder = Folder.at(root);
    }

    @Test
    void aFileIsReadWholeOrInPart() throws IOException {
        assertThat(folder.read("notes.txt", 1, 100)).isEqualTo("one\ntwo\nthree");
        assertThat(folder.read("./src/../notes.txt", 2, 1)).isEqualTo("two\n[lines 2 to 2 of 3]");
        assertThat(folder.read("notes.txt", 9, 5)).isEqualTo("[the file has 3 lines]");
        assertThat(folder.read("in.txt", 1, 100)).isEqualTo("one\ntwo\nthree");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../secret.txt",
                "src/../../secret.txt",
                "/etc/passwd",
                "out/secret.txt",
                "out.txt",
                "out/../secret.txt",
                "src/../out/secret.txt",
                ".."
            })
    void nothingOutsideIsRead(String path) {
        assertThatThrownBy(() -> folder.read(path, 1, 100))
                .isInstanceOf(InvalidInputException.class)
                .message()
                .doesNotContain("secret\n")
                .containsAnyOf("outside", "not there");
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "out", "/", "out/home"})
    void nothingOutsideIsListed(String path) throws IOException {
        if (path.equals("out/home")) {
            assertThat(folder.list(path, 1)).contains("notes.txt"); // a way out that leads back in is no way out
        } else {
            assertThatThrownBy(() -> folder.list(path, 1)).hasMessageContaining("outside");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../made.txt", "out/made.txt", "new.txt", "/tmp/turnbuckle-made.txt", "src/../../made.txt"})
    void nothingOutsideIsWritten(String path) {
        assertThatThrownBy(() -> folder.write(path, "x")).isInstanceOf(InvalidInputException.class);
        assertThat(outside.resolve("made.txt")).doesNotExist();
    }

    @Test
    void aLinkThatLeadsOutIsNotReplacedOrFollowed() throws IOException {
        assertThatThrownBy(() -> folder.write("out.txt", "x")).hasMessageContaining("outside");
        assertThat(Files.readString(outside.resolve("secret.txt"))).isEqualTo("secret");
    }

    @Test
    void aListDoesNotGoThroughLinksAndLeavesHiddenFilesOut() throws IOException {
        Files.createDirectories(root.resolve(".git/objects"));
        Files.writeString(root.resolve(".env"), "KEY=1");

        assertThat(folder.list("", 3)).isEqualTo("""
                in.txt  (a link)
                new.txt  (a link)
                notes.txt  14
                out  (a link)
                out.txt  (a link)
                src/
                src/main/
                src/main/A.java  10""");
        assertThat(folder.list("src", 1)).isEqualTo("src/main/");
    }

    @Test
    void aFileIsWrittenWithTheFoldersAboveItAndReplacedWithItsRights() throws IOException {
        assertThat(folder.write("deep/er/a.txt", "äb")).isEqualTo("wrote deep/er/a.txt, 3 bytes");
        Path script = root.resolve("run.sh");
        Files.writeString(script, "old");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-x---"));

        assertThat(folder.write("run.sh", "new")).isEqualTo("replaced run.sh, 3 bytes");
        assertThat(Files.readString(script)).isEqualTo("new");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(script)))
                .isEqualTo("rwxr-x---");
        assertThat(root.toFile().list()).noneMatch(name -> name.startsWith(".turnbuckle"));
    }

    @Test
    void aFileThatIsTooLargeOrNoTextIsRefused() throws IOException {
        Files.write(root.resolve("big"), new byte[Folder.MAX_BYTES + 1]);
        Files.write(root.resolve("image"), new byte[] {(byte) 0x89, 'P', 'N', 'G', 0, (byte) 0xff});

        assertThatThrownBy(() -> folder.read("big", 1, 1)).hasMessageContaining("larger than 1048576 bytes");
        assertThatThrownBy(() -> folder.read("image", 1, 1)).hasMessageContaining("no text in UTF-8");
        assertThatThrownBy(() -> folder.read("src", 1, 1)).hasMessageContaining("no file");
        assertThatThrownBy(() -> folder.write("big2", "x".repeat(Folder.MAX_BYTES + 1)))
                .hasMessageContaining("1048576");
        assertThatThrownBy(() -> folder.write("src", "x")).hasMessageContaining("is a folder");
        assertThatThrownBy(() -> folder.write(".", "x")).hasMessageContaining("name a file");
        assertThatThrownBy(() -> folder.write("notes.txt/below", "x")).hasMessageContaining("is a file");
    }

    @ParameterizedTest
    @ValueSource(strings = {".env", "a/.ssh/id", ".git/config", "./.netrc"})
    void namesWithADotInFrontAreHidden(String path) {
        assertThat(Folder.isHidden(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.txt", "./a", "../a", "a/b.c"})
    void otherNamesAreNot(String path) {
        assertThat(Folder.isHidden(path)).isFalse();
    }
}
