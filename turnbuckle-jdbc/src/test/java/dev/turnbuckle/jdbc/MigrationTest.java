package dev.turnbuckle.jdbc;

import static dev.turnbuckle.testkit.ScriptedModel.calls;
import static dev.turnbuckle.testkit.ScriptedModel.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.error.SessionDeletedException;
import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.testkit.ScriptedModel;
import dev.turnbuckle.tool.StateKey;
import dev.turnbuckle.tool.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that programs of earlier schemas wrote, opened by this one (S24). */
@Timeout(60)
class MigrationTest {
    record Note(String text) {}

    record Notes(List<String> lines) {}

    record Refund(String order, int cents) {}

    private static final StateKey<Notes> NOTES = new StateKey<>("notes", 1, Notes.class, () -> new Notes(List.of()));

    @TempDir
    private Path folder;

    private final List<String> refunded = new ArrayList<>();

    private Path file(int schema) throws IOException {
        Path file = folder.resolve("agents.db");
        try (InputStream packed =
                Objects.requireNonNull(MigrationTest.class.getResourceAsStream("schema-" + schema + ".db.gz"))) {
            Files.copy(new GZIPInputStream(packed), file);
        }
        return file;
    }

    /** The program of today: it tells its notes, and asks before it refunds. */
    private Turnbuckle open(SqliteStorage storage) {
        var reading = ScriptedModel.of(calls("notes", new Note("all")), says("Read."));
        var support = Agent.named("support")
                .model(reading.counting())
                .tool(Tool.read(
                        "notes",
                        "Tells the notes",
                        Note.class,
                        (n, c) -> c.state(NOTES).lines()))
                .build();
        var refunds = Agent.named("refunds")
                .model(ScriptedModel.of(calls("refund", new Refund("A-17", 100)), says("Refunded.")))
                .tool(Tool.once("refund", "Refunds", Refund.class, r -> {
                            refunded.add(r.order());
                            return "refunded";
                        })
                        .needsApproval(Refund.class, r -> true))
                .build();
        return Turnbuckle.builder()
                .storage(storage)
                .agent(support)
                .agent(refunds)
                .build();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void s24_aFileOfAnOlderSchemaIsReadAndItsOpenTurnGoesOn(int schema) throws IOException {
        try (var today = open(SqliteStorage.at(file(schema)))) {
            var session = today.session("user:42", "support");
            assertThat(session.view().entries().stream().map(e -> e.message().text()))
                    .containsExactly("Keep a note", "", "", "Noted.", "Another", "Second answer.");
            assertThat(session.ask("Tell me the notes")).isEqualTo("Read.");
            assertThat(session.view().entries().toString()).contains("first");

            assertThat(today.waits().open()).hasSize(1);
            OpenWait wait = today.waits().open().getFirst();
            assertThat(wait.escalation()).isNull();
            today.waits().approve(wait.id(), "alice");
            TurnOutcome outcome =
                    today.session("user:43", "refunds").turn(wait.turn()).await();
            assertThat(outcome.text()).isEqualTo("Refunded.");
            assertThat(refunded).containsExactly("A-17");

            var again = Input.text("Refund A-17").key("k-1").context("tenant", "acme");
            assertThat(today.session("user:43", "refunds").send(again).id()).isEqualTo(wait.turn());
            assertThat(today.session("user:44", "support").inbox(false)).hasSize(1);
            assertThatThrownBy(() -> today.session("user:45", "support").send("Hello"))
                    .isInstanceOf(SessionDeletedException.class);
        }
    }

    @Test
    void s24_validatingRefusesAnOlderSchemaAndNamesTheScripts() throws IOException {
        Path file = file(1);
        byte[] before = Files.readAllBytes(file);
        var storage = SqliteStorage.builder(file).schema(SchemaMode.VALIDATE).build();
        assertThatThrownBy(() -> open(storage))
                .isInstanceOf(StorageException.class)
                .hasMessageContainingAll("schema 1", "needs 3", "/dev/turnbuckle/jdbc/sqlite/");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }
}
