package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.error.ClosedException;
import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.error.TurnbuckleException;
import dev.turnbuckle.error.WiringException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class OpeningTest {
    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("agents.db");
    }

    private void sql(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                var statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    /** Opening fails, says the path and these words, and leaves the folder as it was. */
    private void refused(SqliteStorage.Builder builder, Class<? extends TurnbuckleException> type, String... words)
            throws IOException {
        byte[] before = Files.isRegularFile(file()) ? Files.readAllBytes(file()) : new byte[0];
        assertThatThrownBy(() -> Stores.open(builder))
                .isInstanceOf(type)
                .hasMessageContaining("agents.db")
                .hasMessageContainingAll(words);
        byte[] after = Files.isRegularFile(file()) ? Files.readAllBytes(file()) : new byte[0];
        assertThat(after).isEqualTo(before);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.filter(f -> !f.equals(file()))).isEmpty();
        }
    }

    private SqliteStorage.Builder builder() {
        return SqliteStorage.builder(file());
    }

    @Test
    void s24_a_newer_schema_stops_the_program_unread() throws Exception {
        Stores.open(file()).close();
        sql("PRAGMA journal_mode = DELETE", "UPDATE meta SET value = '99' WHERE name = 'schema'");
        clean();
        for (SchemaMode mode : SchemaMode.values()) {
            refused(builder().schema(mode), StorageException.class, "schema 99", "a newer Turnbuckle");
        }
    }

    /** Leaves the database alone in its folder. */
    private void clean() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path each : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                if (!each.equals(folder) && !each.equals(file())) {
                    Files.delete(each);
                }
            }
        }
    }

    @Test
    void s24_a_schema_that_became_newer_meanwhile_stops_the_next_write() throws SQLException {
        try (var storage = Stores.open(file())) {
            Stores.accept(storage, "a");
            sql("UPDATE meta SET value = '99' WHERE name = 'schema'");
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> Stores.accept(storage, "a"))
                        .isInstanceOfSatisfying(
                                StorageException.class,
                                e -> assertThat(e.code()).isEqualTo("newer_schema"));
            }
        }
    }

    @Test
    void s24_validating_changes_nothing_and_refuses_missing_tables() throws IOException {
        refused(builder().schema(SchemaMode.VALIDATE), StorageException.class, "no tables", "SchemaMode.CREATE");
        refused(builder().schema(SchemaMode.NONE), StorageException.class, "no tables", "SchemaMode.CREATE");
        Stores.open(file()).close();
        for (SchemaMode mode : SchemaMode.values()) {
            Stores.open(builder().schema(mode)).close();
        }
    }

    @Test
    void s24_a_database_of_another_program_is_not_touched() throws Exception {
        sql("CREATE TABLE invoice (id INTEGER PRIMARY KEY)");
        refused(builder(), WiringException.class, "another program", "invoice", "name another file");
    }

    @Test
    void s24_an_empty_database_of_another_program_is_not_touched() throws Exception {
        sql("PRAGMA application_id = 77");
        refused(builder(), WiringException.class, "another program", "77");
    }

    @Test
    void s24_a_file_that_is_no_database_is_not_touched() throws IOException {
        Files.writeString(file(), "Dear diary, ".repeat(100));
        refused(builder(), StorageException.class, "not an SQLite database", "name another file");
    }

    @Test
    void s24_a_folder_is_no_file() throws IOException {
        Files.createDirectory(file());
        assertThatThrownBy(() -> Stores.open(file()))
                .isInstanceOf(WiringException.class)
                .hasMessageContaining(file() + " is a folder");
    }

    @Test
    void s24_a_missing_folder_is_named() {
        Path missing = folder.resolve("none").resolve("agents.db");
        assertThatThrownBy(() -> Stores.open(missing))
                .isInstanceOf(WiringException.class)
                .hasMessageContaining("the folder " + folder.resolve("none"))
                .hasMessageContaining("make it first");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void s24_a_folder_that_cannot_be_written_is_named() {
        assertThatThrownBy(() -> Stores.open(Path.of("/sys/agents.db")))
                .isInstanceOf(TurnbuckleException.class)
                .hasMessageContaining("/sys");
    }

    @Test
    void s24_a_file_that_another_program_has_locked_is_told_apart() throws Exception {
        sql("PRAGMA application_id = " + Inspection.APPLICATION_ID, "CREATE TABLE meta (name TEXT, value TEXT)");
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file());
                var statement = other.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");
            assertThatThrownBy(() -> Stores.open(file(), new Faults()))
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.code()).isEqualTo("locked"))
                    .hasMessageContaining(file().toString());
            statement.execute("ROLLBACK");
        }
    }

    @Test
    void s34_network_file_systems_are_known_by_name() {
        assertThat(Stream.of("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs"))
                .allMatch(DatabaseFile::isNetwork);
        assertThat(Stream.of("ext4", "xfs", "btrfs", "tmpfs", "overlay", "apfs", "ntfs"))
                .noneMatch(DatabaseFile::isNetwork);
    }

    @Test
    void what_was_written_is_there_after_reopening() {
        try (var storage = Stores.open(file())) {
            Stores.accept(storage, "a");
            storage.open(Stores.ENVIRONMENT);
        }
        try (var again = Stores.open(file())) {
            assertThat(again.sessions().find("a")).isPresent();
        }
    }

    @Test
    void an_interrupted_thread_closes_as_everybody_does() throws Exception {
        var storage = Stores.open(file());
        Thread.currentThread().interrupt();
        storage.close();
        assertThat(Thread.interrupted()).isTrue();
        try (Stream<Path> files = Files.list(folder.resolve("agents.db-workers"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void a_closed_storage_says_how_to_go_on() {
        var storage = Stores.open(file());
        storage.close();
        storage.close();
        assertThatThrownBy(() -> storage.open(Stores.ENVIRONMENT))
                .isInstanceOf(ClosedException.class)
                .hasMessageContaining("SqliteStorage.at(path)");
        assertThatThrownBy(() -> storage.sessions().find("a")).isInstanceOf(ClosedException.class);
    }

    @Test
    void an_unopened_storage_says_so() {
        var storage = SqliteStorage.at(file());
        assertThatThrownBy(() -> storage.sessions().find("a"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("call open() first");
    }

    @Test
    void a_healthy_store_is_found_healthy() {
        try (var storage = Stores.open(file())) {
            Stores.accept(storage, "a");
            var findings = storage.maintenance().examine();
            assertThat(findings)
                    .filteredOn(f -> !f.subject().equals("sync to disk"))
                    .allMatch(f -> f.ok());
            assertThat(findings)
                    .extracting(f -> f.subject() + ": " + f.text())
                    .contains("schema: version 3", "journal mode: wal", "integrity: ok", "inputs: 1 pending")
                    .anyMatch(line -> line.startsWith("sessions: 1,"))
                    .anyMatch(line -> line.startsWith("file: " + file()));
        }
    }
}
