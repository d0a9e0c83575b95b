package dev.turnbuckle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.jdbc.PostgresLiveReplay;
import dev.turnbuckle.jdbc.PostgresStorage;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.session.TurnOutcome;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands on a PostgreSQL server. */
@Timeout(180)
class ServerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String PASSWORD = "pa55word";
    private static EmbeddedPostgres server;
    private static int schemas;

    @TempDir
    private Path folder;

    private String url;
    private Path script;

    @BeforeAll
    static void start() throws IOException {
        server = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @BeforeEach
    void freshSchema() throws IOException {
        url = "postgres://postgres:" + PASSWORD + "@localhost:" + server.getPort() + "/postgres?schema=t" + ++schemas;
        script = Files.writeString(folder.resolve("s.json"), """
                {"tools": [{"name": "look", "effect": "READ", "returns": "7 degrees"}],
                 "steps": [{"call": {"tool": "look", "arguments": {}}},
                           {"say": "It is seven degrees.", "pausing": "PT0.3S"}]}
                """);
    }

    private Shell shell(String command) {
        Shell shell = Shell.with(Map.of("TURNBUCKLE_DB", url), (Object[]) command.split(" "));
        assertThat(shell.out() + shell.err()).doesNotContain(PASSWORD);
        return shell;
    }

    @Test
    void theCommandsWorkOnASchemaOfAServer() {
        Shell run = shell("run -p Hello --session s --script " + script);
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("It is seven degrees.");
        assertThat(shell("sessions list").out()).contains("s  default  rev 1", "Hello");
        assertThat(shell("sessions show s").out()).contains("answered, 1 drive, revision 1");
        assertThat(shell("leases").out()).contains("nobody drives anything in postgres://localhost:");
        Shell doctor = shell("doctor");
        assertThat(doctor.out())
                .contains("fsync", "synchronous_commit  on", "clock", "stuck leases")
                .doesNotContain("BAD");
        assertThat(doctor.status()).isZero();
    }

    @Test
    void theAddressMayBeAnOption() {
        Shell shell = Shell.run("run", "-p", "Hello", "--script", script, "--storage", url);
        assertThat(shell.status()).isZero();
        assertThat(shell.out() + shell.err()).contains("It is seven degrees.").doesNotContain(PASSWORD);
    }

    @Test
    void whatIsWrongWithAServerIsToldWithoutItsPassword() {
        url = "postgres://postgres:" + PASSWORD + "@localhost:1/postgres";
        Shell away = shell("doctor");
        assertThat(away.status()).isEqualTo(1);
        assertThat(away.complaint()).contains("postgres://localhost:1/postgres");
        url = "postgres://postgres:" + PASSWORD + "@localhost:" + server.getPort() + "/postgres?schema=nothing";
        Shell empty = shell("sessions list");
        assertThat(empty.status()).isEqualTo(2);
        assertThat(empty.complaint()).contains("schema nothing", "no tables");
        url = "postgres://postgres:" + PASSWORD + "@localhost:" + server.getPort() + "/postgres?pooler=statement";
        assertThat(shell("doctor").complaint()).contains("pooler=statement", "pooler=session");
    }

    @Test
    void aBrokenPromiseOfDurabilityIsFound() throws Exception {
        assertThat(shell("run -p Hello --script " + script).status()).isZero();
        try (var connection = server.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("ALTER DATABASE postgres SET synchronous_commit = off");
            try {
                Shell doctor = shell("doctor");
                assertThat(doctor.status()).isEqualTo(1);
                assertThat(doctor.out()).contains("BAD  synchronous_commit");
            } finally {
                statement.execute("ALTER DATABASE postgres RESET synchronous_commit");
            }
        }
    }

    private Process worker(String... more) throws IOException {
        var command = new ArrayList<String>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "worker",
                "--json",
                "--script",
                script.toString(),
                "--lease",
                "2"));
        command.addAll(List.of(more));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("TURNBUCKLE_DB", url);
        return builder.start();
    }

    private Turnbuckle observer() {
        PostgresStorage storage = PostgresStorage.at(url);
        return Turnbuckle.builder()
                .storage(storage)
                .liveReplay(PostgresLiveReplay.beside(storage))
                .remoteAgent("default")
                .build();
    }

    @Test
    void aWorkerThatIsToldToStopFinishesWhatItDrives() throws Exception {
        try (Turnbuckle turnbuckle = observer()) {
            Process worker = worker("--drain", "20");
            try (BufferedReader told = worker.inputReader()) {
                assertThat(told.readLine()).contains("\"ready\"").doesNotContain(PASSWORD);
                var turn = turnbuckle.session("s").send("Hello");
                try (var events = turn.events()) {
                    while (!(events.next(PATIENCE).orElseThrow().activity() instanceof Activity.TextDelta)) {
                        // not yet
                    }
                }
                worker.toHandle().destroy(); // SIGTERM, and its output stays readable
                assertThat(turn.await()).isInstanceOf(TurnOutcome.Answered.class);
                assertThat(told.readLine()).contains("\"draining\"");
                assertThat(told.readLine()).contains("\"stopped\"");
                assertThat(worker.waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(worker.exitValue()).isZero();
                assertThat(shell("leases").out()).contains("nobody drives anything");
            } finally {
                worker.destroyForcibly();
            }
        }
    }

    @Test
    void aWorkerThatIsKilledIsFollowedByAnother() throws Exception {
        try (Turnbuckle turnbuckle = observer()) {
            Process first = worker();
            Process second = null;
            try (BufferedReader told = first.inputReader()) {
                told.readLine();
                var turn = turnbuckle.session("s").send("Hello");
                try (var events = turn.events()) {
                    while (!(events.next(PATIENCE).orElseThrow().activity() instanceof Activity.TextDelta)) {
                        // not yet
                    }
                }
                assertThat(shell("leases --json").json().getFirst().path("id").asString())
                        .isEqualTo("s");
                first.destroyForcibly();
                second = worker();
                assertThat(turn.await().text()).isEqualTo("It is seven degrees.");
            } finally {
                first.destroyForcibly();
                if (second != null) {
                    second.destroyForcibly();
                }
            }
        }
    }
}
