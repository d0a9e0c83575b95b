package dev.turnbuckle.checks.crash;

import dev.turnbuckle.checks.cluster.Server;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** One server, a schema for each case; the next process waits until the killed one's lease is over. */
class PostgresCrashMatrixTest extends CrashMatrix {
    private static Server server;
    private static int tests;

    private final int test = ++tests;

    @BeforeAll
    static void start(@TempDir Path data) throws IOException {
        server = Server.start(data);
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @Override
    String database(String name) {
        return server.url(schema(name));
    }

    @Override
    Connection connect(String name) throws SQLException {
        return server.connect(schema(name));
    }

    /** Of this test alone: seams come in several. */
    private String schema(String name) {
        return "t" + test + "_" + name.toLowerCase(Locale.ROOT);
    }

    @Override
    String json(String column) {
        return column + "::json";
    }
}
