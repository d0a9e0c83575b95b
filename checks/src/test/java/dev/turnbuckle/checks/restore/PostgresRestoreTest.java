package dev.turnbuckle.checks.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.checks.cluster.Server;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.CatchUp;
import dev.turnbuckle.live.Cursor;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("full")
@Timeout(300)
class PostgresRestoreTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private final List<Server> servers = new ArrayList<>();
    private Server server;

    @BeforeEach
    void start() throws IOException {
        server = started("original");
    }

    @AfterEach
    void stop() throws IOException {
        for (Server each : servers) {
            each.close();
        }
    }

    private Server started(String name) throws IOException {
        Server started = Server.start(folder.resolve(name), folder.resolve("programs"));
        servers.add(started);
        return started;
    }

    private static Database in(Server server, String name) {
        return new Database.PostgresPlace(server.port(), name);
    }

    @Test
    void s09_j08_o03_aServerThatWasCopiedWhileTurnsRanGoesOnFromThere() throws Exception {
        Path copy = folder.resolve("copy").resolve("data");
        new Restoration(in(server, "postgres"))
                .run(() -> DataFolder.backUp(server, copy), () -> in(started("copy"), "postgres"));
    }

    @Test
    void s09_j08_o03_aDumpThatWasTakenWhileTurnsRanGoesOnFromThere() throws Exception {
        Optional<Path> programs = clientPrograms();
        assumeTrue(programs.isPresent(), "no pg_dump of the server's version is installed");
        String dump = folder.resolve("agents.dump").toString();
        new Restoration(in(server, "postgres")).run(() -> dump(programs.get(), dump), () -> {
            restore(programs.get(), dump, "restored");
            return in(server, "restored");
        });
    }

    private void dump(Path programs, String dump) throws Exception {
        Server.run(
                programs.resolve("pg_dump").toString(),
                "--dbname=postgresql://postgres@localhost:" + server.port() + "/postgres",
                "--schema=turnbuckle",
                "--no-unlogged-table-data",
                "--format=custom",
                "--file=" + dump);
    }

    private void restore(Path programs, String dump, String name) throws Exception {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        Server.run(
                programs.resolve("pg_restore").toString(),
                "--dbname=postgresql://postgres@localhost:" + server.port() + "/" + name,
                "--exit-on-error",
                dump);
    }

    /** On the path, or where distributions put those of each version. */
    private Optional<Path> clientPrograms() throws Exception {
        String major = server.column("SHOW server_version").getFirst().replaceFirst("\\D.*", "");
        var folders = new ArrayList<Path>();
        Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(Path::of).forEach(folders::add);
        folders.add(Path.of("/usr/lib/postgresql", major, "bin"));
        folders.add(Path.of("/usr/pgsql-" + major, "bin"));
        for (Path each : folders) {
            Path program = each.resolve("pg_dump");
            if (Files.isExecutable(program)
                    && Server.run(program.toString(), "--version").matches("(?s)\\D*" + major + "\\D.*")) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /** Its tables are not emptied when it starts, and positions are given anew from where they were. */
    @Test
    void o03_aCursorOfWhatAStoppedServerDidAfterItWasCopiedIsUnavailableInTheCopy() throws Exception {
        turns(server, 1);
        server.close();
        DataFolder.copy(server.data(), folder.resolve("copy").resolve("data"));
        Cursor later = turns(started("original"), 3);
        servers.getLast().close();

        Server copy = started("copy");
        turns(copy, 5);
        try (Turnbuckle node = node(copy);
                var events = node.session("s").events(later)) {
            assertThat(events.next(PATIENCE).orElseThrow().activity())
                    .isInstanceOfSatisfying(Activity.Gap.class, gap -> {
                        assertThat(gap.reason()).isEqualTo(CatchUp.Reason.UNAVAILABLE);
                        assertThat(gap.observation().view().revision()).isEqualTo(6);
                    });
        }
    }

    private static Turnbuckle node(Server server) {
        return in(server, "postgres").runtime().agent(new Till(false).agent()).build();
    }

    /** @return of an observer that has seen them all */
    private static Cursor turns(Server server, int count) {
        try (Turnbuckle node = node(server)) {
            for (int i = 0; i < count; i++) {
                node.session("s").ask("order " + i);
            }
            return node.session("s").observe().cursor();
        }
    }
}
