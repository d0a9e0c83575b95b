package dev.turnbuckle.jdbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * One real server for all tests of this JVM, which writes to the disk as production does; each test has a schema of its
 * own. It ends with the JVM.
 */
final class PostgresServer {
    private static final AtomicInteger SCHEMAS = new AtomicInteger();
    private static final Queue<String> EMPTY = new ConcurrentLinkedQueue<>();

    /** Those of the live replay exist on PostgreSQL alone. */
    private static final List<String> LIVE_TABLES = List.of("live_life", "live_header", "live_event");

    static final List<String> STORAGE_TABLES = List.of(
            "session",
            "branch",
            "entry",
            "compaction",
            "turn",
            "inbox",
            "journal",
            "wait",
            "lease",
            "blob",
            "token_usage");

    static final List<String> TABLES =
            Stream.concat(STORAGE_TABLES.stream(), LIVE_TABLES.stream()).toList();

    private PostgresServer() {}

    private static final class Running {
        static final EmbeddedPostgres SERVER = start();

        private static EmbeddedPostgres start() {
            try {
                EmbeddedPostgres server = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .setServerConfig("full_page_writes", "on")
                        .setServerConfig("max_connections", "300")
                        .start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server)));
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void close(EmbeddedPostgres server) {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static int port() {
        return Running.SERVER.getPort();
    }

    /** Of nobody else; it does not exist yet. */
    static String freshSchema() {
        port(); // the server starts on the test's own thread: a class that is being made holds a virtual thread's
        // carrier
        return "t" + SCHEMAS.incrementAndGet();
    }

    /** One with empty tables. Making them costs more than most tests. */
    static String emptyTables() {
        String free = EMPTY.poll();
        return free == null ? freshSchema() : free;
    }

    /** Empties them for the next test. */
    static void giveBack(String schema) {
        execute(TABLES.stream()
                .map(t -> "DELETE FROM " + schema + "." + t)
                .collect(Collectors.joining("; ", "BEGIN; SET LOCAL synchronous_commit = off; ", "; COMMIT")));
        EMPTY.add(schema);
    }

    static String url(String schema) {
        return "postgres://postgres@localhost:" + port() + "/postgres?schema=" + schema;
    }

    static PGSimpleDataSource source() {
        var source = new PGSimpleDataSource();
        source.setServerNames(new String[] {"localhost"});
        source.setPortNumbers(new int[] {port()});
        source.setUser("postgres");
        source.setDatabaseName("postgres");
        return source;
    }

    static Connection connect() throws SQLException {
        return source().getConnection();
    }

    static void execute(String... statements) {
        try (Connection connection = connect();
                var statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
