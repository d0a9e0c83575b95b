package dev.turnbuckle.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL that both sides of a comparison use, each in a schema of its own: one that is started for it and ends
 * with it, or one that is there already.
 */
final class PostgresServer implements AutoCloseable {
    /** Without these a COMMIT is no promise, and nothing that is measured here means anything. */
    private static final List<String> PROMISES = List.of("fsync", "synchronous_commit", "full_page_writes");

    /** 256 sessions, two processes, floor and ours, each with a pool. */
    private static final int MOST_CONNECTIONS = 300;

    /** They say at length that a server starts and a pool opens. Held, because loggers are kept weakly. */
    private static final List<Logger> CHATTY =
            List.of(Logger.getLogger("io.zonky"), Logger.getLogger("com.zaxxer.hikari"));

    private final @Nullable EmbeddedPostgres embedded;
    private final @Nullable ProcessHandle process;
    private final String url;
    private final Connection watching;
    private final List<String> schemas = new ArrayList<>();
    private final Map<Long, Long> cpuNanos = new ConcurrentHashMap<>();

    private PostgresServer(@Nullable EmbeddedPostgres embedded, @Nullable ProcessHandle process, String url)
            throws SQLException {
        this.embedded = embedded;
        this.process = process;
        this.url = url;
        this.watching = connect(url, "");
    }

    /** @param url of a database where schemas may be made, or none: then a server is started in the folder */
    static PostgresServer of(@Nullable String url, Path folder) throws IOException {
        CHATTY.forEach(l -> l.setLevel(Level.SEVERE));
        try {
            PostgresServer server = url == null ? start(folder) : new PostgresServer(null, null, url);
            server.requirePromises();
            return server;
        } catch (SQLException e) {
            throw new IOException("PostgreSQL cannot be used: " + e.getMessage(), e);
        }
    }

    private static PostgresServer start(Path folder) throws IOException, SQLException {
        Path data = folder.resolve("postgres");
        EmbeddedPostgres embedded = EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(
                        Files.createDirectories(folder.resolve("programs")).toFile())
                .setDataDirectory(data)
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("max_connections", String.valueOf(MOST_CONNECTIONS))
                .start();
        long pid = Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).getFirst());
        return new PostgresServer(
                embedded,
                ProcessHandle.of(pid).orElse(null),
                "postgres://postgres@localhost:" + embedded.getPort() + "/postgres");
    }

    private void requirePromises() throws SQLException, IOException {
        for (String name : PROMISES) {
            String value = setting(name);
            if (!value.equals("on")) {
                throw new IOException("the server has " + name + " = " + value
                        + ", so a COMMIT may be lost and its time " + "says nothing: set it to on");
            }
        }
    }

    /** What it is. */
    String version() {
        try {
            return "PostgreSQL " + setting("server_version") + ", shared_buffers " + setting("shared_buffers");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private String setting(String name) throws SQLException {
        return text("SELECT current_setting('" + name + "')");
    }

    private String text(String query) throws SQLException {
        synchronized (watching) {
            try (Statement statement = watching.createStatement();
                    ResultSet rows = statement.executeQuery(query)) {
                rows.next();
                return rows.getString(1);
            }
        }
    }

    long number(String query) {
        try {
            return Long.parseLong(text(query));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of nobody else. It does not exist yet; it goes when the server is closed. */
    String schema(String name) {
        String schema = "bench_" + ProcessHandle.current().pid() + "_" + name;
        schemas.add(schema);
        return schema;
    }

    /** How Turnbuckle calls it. */
    String url() {
        return url;
    }

    static String url(String url, String schema) {
        return url + (url.contains("?") ? "&" : "?") + "schema=" + schema;
    }

    String url(String schema) {
        return url(url, schema);
    }

    /**
     * A connection of the plain driver.
     *
     * @param url {@code postgres://user:password@host:port/database?…}
     * @param schema where tables are looked for; empty for the user's own
     */
    static Connection connect(String url, String schema) throws SQLException {
        URI uri = URI.create(url);
        var jdbc = new StringBuilder(
                "jdbc:postgresql://" + uri.getRawAuthority().replaceFirst("^.*@", "") + uri.getPath());
        String separator = "?";
        if (uri.getRawUserInfo() != null) {
            String[] who = uri.getRawUserInfo().split(":", 2);
            jdbc.append("?user=").append(who[0]).append(who.length > 1 ? "&password=" + who[1] : "");
            separator = "&";
        }
        jdbc.append(uri.getRawQuery() == null ? "" : separator + uri.getRawQuery());
        separator = jdbc.indexOf("?") < 0 ? "?" : "&";
        jdbc.append(schema.isEmpty() ? "" : separator + "currentSchema=" + schema);
        return DriverManager.getConnection(jdbc.toString());
    }

    /** Runs statements, each on its own, with the tables of this schema. */
    void execute(String schema, String... statements) {
        try (Connection connection = connect(url, schema);
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Transactions that wrote or locked anything, ever: each takes the next number. Counted by the server itself, and asked
     * without taking a number.
     */
    long transactions() {
        return number("SELECT pg_snapshot_xmax(pg_current_snapshot())");
    }

    /** Of all its processes that were seen; 0 for a server that was there already. */
    long cpuNanos() {
        if (process == null) {
            return 0;
        }
        process.descendants()
                .forEach(p -> p.info()
                        .totalCpuDuration()
                        .ifPresent(used -> cpuNanos.merge(p.pid(), used.toNanos(), Math::max)));
        return cpuNanos.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public void close() throws IOException {
        try (watching) {
            for (String schema : embedded == null ? schemas : List.<String>of()) {
                execute("", "DROP SCHEMA IF EXISTS " + schema + " CASCADE");
            }
        } catch (SQLException e) {
            throw new IOException(e);
        }
        if (embedded != null) {
            embedded.close();
        }
    }
}
