package dev.turnbuckle.jdbc;

import dev.turnbuckle.error.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The version of the tables (S24): row {@code schema} of {@code meta}, raised by numbered scripts, one transaction each.
 * It is read again in each write transaction that finds that another connection has written, so that a program which was
 * running while a newer one migrated the file stops before it writes.
 */
final class Schema {
    static final String VERSION = "SELECT value FROM meta WHERE name = 'schema'";
    private static final String PUT =
            "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value";

    private final Dialect dialect;
    private final SchemaMode mode;
    private final String place;

    /** @param place what messages call the database */
    Schema(Dialect dialect, SchemaMode mode, String place) {
        this.dialect = dialect;
        this.mode = mode;
        this.place = place;
    }

    int current() {
        return dialect.versions().size();
    }

    SchemaMode mode() {
        return mode;
    }

    /** Whether write transactions find {@link #current} or nothing that they may write to. */
    boolean isExact() {
        return mode != SchemaMode.NONE;
    }

    /** Inside a write transaction. */
    void require(Statements sql) {
        require(found(sql));
    }

    /** What a write transaction has found. */
    void require(int found) {
        if (found > current() || (found < current() && mode != SchemaMode.NONE)) {
            throw mismatch(found);
        }
    }

    static int found(Statements sql) {
        String version = sql.call(VERSION).first(Line::text);
        return version == null ? 0 : Integer.parseInt(version);
    }

    /** Before anything was changed. */
    void judge(int found) {
        boolean older = mode == SchemaMode.VALIDATE ? found < current() : mode == SchemaMode.NONE && found == 0;
        if (found > current() || older) {
            throw mismatch(found);
        }
    }

    private StorageException mismatch(int found) {
        if (found > current()) {
            return StorageException.rewire(
                    "newer_schema",
                    place + " has schema " + found + ", this program knows " + current()
                            + ": a newer Turnbuckle has migrated it; start that version, or restore a backup from before",
                    null);
        }
        return StorageException.rewire(
                "older_schema",
                place + (found == 0 ? " has no tables of Turnbuckle" : " has schema " + found) + ", this program needs "
                        + current() + ": open it once with SchemaMode.CREATE, or apply the scripts in "
                        + dialect.scripts() + " of turnbuckle-jdbc.jar",
                null);
    }

    /** Applies what is missing after {@code found}. The caller holds the write lock. */
    void migrate(Link link, int found) {
        for (int version = found + 1; version <= current(); version++) {
            link.beginWrite();
            boolean done = false;
            try {
                apply(link.sql(), version);
                link.commit();
                done = true;
            } finally {
                if (!done) {
                    link.rollback();
                }
            }
        }
    }

    /** Brings the tables from the version before to this one. The caller owns the transaction. */
    void apply(Statements sql, int version) {
        statements(dialect.versions().get(version - 1)).forEach(s -> sql.call(s).run());
        put(sql, "schema", String.valueOf(version));
        put(sql, "program", "turnbuckle " + programVersion());
    }

    private static void put(Statements sql, String name, String value) {
        sql.call(PUT).text(name).text(value).update();
    }

    private static String programVersion() {
        String version = Schema.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /** Scripts end each statement with a semicolon at a line's end and have no other semicolon there. */
    private List<String> statements(String script) {
        String path = dialect.scripts() + script;
        try (InputStream in = Schema.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("the jar has no " + path);
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text
                    .lines()
                    .filter(line -> !line.startsWith("--"))
                    .collect(java.util.stream.Collectors.joining("\n"))
                    .transform(all -> List.of(all.split(";\\s*(\\n|$)")))
                    .stream()
                    .filter(s -> !s.isBlank())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
