package dev.turnbuckle.checks.cluster;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real PostgreSQL that keeps what it promises, and that can be stopped and started under those who use it. */
public final class Server implements AutoCloseable {
    private static final String SCHEMA = "turnbuckle";

    private final EmbeddedPostgres postgres;
    private final Path programs;
    private final Path data;

    private Server(EmbeddedPostgres postgres, Path programs, Path data) {
        this.postgres = postgres;
        this.programs = programs;
        this.data = data;
    }

    /** With its data in the folder {@code data} below this one: those that are there, otherwise new ones. */
    public static Server start(Path folder) throws IOException {
        return start(folder, folder.resolve("programs"));
    }

    /** @param programs where the server's own are unpacked, which several servers may share */
    public static Server start(Path folder, Path programs) throws IOException {
        Path data = folder.resolve("data");
        Path unpacked = Files.createDirectories(programs);
        EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(unpacked.toFile())
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setPGStartupWait(Duration.ofMinutes(1))
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("max_connections", "300")
                .start();
        try (Stream<Path> files = Files.walk(unpacked)) {
            Path control = files.filter(f -> f.endsWith("bin/pg_ctl"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no pg_ctl below " + unpacked));
            return new Server(postgres, control.getParent(), data);
        }
    }

    /** How programs of Turnbuckle call it. */
    public String url() {
        return url(SCHEMA);
    }

    public String url(String schema) {
        return "postgres://postgres@localhost:" + port() + "/postgres?schema=" + schema;
    }

    public int port() {
        return postgres.getPort();
    }

    /** What it keeps; still there when the server is closed. */
    public Path data() {
        return data;
    }

    /** Where the server's own programs are. */
    public Path programs() {
        return programs;
    }

    /** @param mode {@code fast}, or {@code immediate}, which is a crash: what is unlogged is empty afterwards */
    void restart(String mode) throws IOException, InterruptedException {
        var command = new ArrayList<>(asNobody());
        command.addAll(List.of(programs.resolve("pg_ctl").toString(), "restart", "-w", "-D", data.toString()));
        command.addAll(
                List.of("-m", mode, "-l", data.resolveSibling("restarts.log").toString()));
        run(command.toArray(String[]::new));
    }

    /** The server does not run as root. */
    private static List<String> asNobody() {
        return System.getProperty("user.name").equals("root") ? List.of("unshare", "-U") : List.of();
    }

    /** Runs a program to its end. */
    public static String run(String... command) throws IOException, InterruptedException {
        Path said = Files.createTempFile("turnbuckle", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(String.join(" ", command) + ": " + Files.readString(said));
        }
        String text = Files.readString(said);
        Files.delete(said);
        return text;
    }

    public Connection connect() throws SQLException {
        return connect(SCHEMA);
    }

    public Connection connect(String schema) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://localhost:" + port()
                + "/postgres?user=postgres&ApplicationName=check&currentSchema=" + schema);
    }

    /** Rows as texts. */
    public List<List<String>> rows(String query) throws SQLException {
        try (Connection connection = connect();
                var statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            var rows = new ArrayList<List<String>>();
            while (result.next()) {
                var row = new ArrayList<String>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.add(result.getString(i));
                }
                rows.add(row);
            }
            return rows;
        }
    }

    /** The first column. */
    public List<String> column(String query) throws SQLException {
        return rows(query).stream().map(List::getFirst).toList();
    }

    public long number(String query) throws SQLException {
        return Long.parseLong(column(query).getFirst());
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
