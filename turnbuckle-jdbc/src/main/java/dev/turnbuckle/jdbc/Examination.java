package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Maintenance.Finding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What {@code turnbuckle doctor} shows of a SQLite file: a line each, the bad ones with what to do. */
final class Examination {
    /** Larger files are not read through: that would take minutes. */
    private static final long MOST_CHECKED_BYTES = 256L << 20;

    /** Above this, something keeps checkpoints from reaching the log's end. */
    private static final long LARGE_LOG_BYTES = 4 * Checkpoints.KEPT_BYTES;

    private static final int NAMED_HOLDERS = 5;
    private static final int PROBES = 21;
    private static final int PROBE_BYTES = 4_096;
    private static final Duration SLOW_SYNC = Duration.ofMillis(20);

    private static final String QUICK_CHECK = "PRAGMA quick_check(10)";
    private static final String JOURNAL_MODE = "PRAGMA journal_mode";
    private static final String SESSIONS = "SELECT COUNT(*) FROM session WHERE deleted = 0";
    private static final String BURIED = "SELECT COUNT(*) FROM session WHERE deleted = 1";
    private static final String PENDING = "SELECT COUNT(*) FROM inbox WHERE finished = 0 AND state = 'PENDING'";
    private static final String DEAD = "SELECT COUNT(*) FROM inbox WHERE state = 'DEAD'";

    private final OpenDatabase database;
    private final List<Finding> findings = new ArrayList<>();

    private Examination(OpenDatabase database) {
        this.database = database;
    }

    static List<Finding> of(OpenDatabase database) {
        var examination = new Examination(database);
        examination.files();
        database.read(rows -> {
            var sql = ((SqlRows) rows).sql();
            examination.settings(sql);
            examination.leases(rows.liveLeases(), rows.now());
            examination.contents(sql);
            examination.integrity(sql);
            return true;
        });
        examination.sync();
        return List.copyOf(examination.findings);
    }

    private void add(boolean ok, String subject, String text) {
        findings.add(new Finding(ok, subject, text));
    }

    private void files() {
        Path file = database.file();
        add(true, "file", file + ", " + mebibytes(size(file)));
        long log = size(file.resolveSibling(file.getFileName() + "-wal"));
        add(
                log <= LARGE_LOG_BYTES,
                "write-ahead log",
                mebibytes(log) + (log <= LARGE_LOG_BYTES ? "" : ": look for a program that keeps reading the file"));
        String type = DatabaseFile.fileSystem(database.folder());
        add(
                !DatabaseFile.isNetwork(type),
                "file system",
                type
                        + (DatabaseFile.isNetwork(type)
                                ? ": SQLite's locks cannot be trusted here; use a local disk"
                                : ""));
    }

    private void settings(Statements sql) {
        add(true, "schema", "version " + Schema.found(sql));
        Long application = sql.call(Inspection.APPLICATION).first(Line::number);
        add(true, "application id", application + " (Turnbuckle)");
        String journal = String.valueOf(sql.call(JOURNAL_MODE).first(Line::text));
        add(journal.equals("wal"), "journal mode", journal);
        var synchronous = database.settings().synchronous();
        add(
                synchronous == SqliteStorage.Synchronous.FULL,
                "synchronous",
                synchronous
                        + (synchronous == SqliteStorage.Synchronous.FULL
                                ? ""
                                : ": a power failure may take the last transactions"));
    }

    private void leases(List<Lease> leases, Instant now) {
        var live = leases.stream().filter(l -> l.liveAt(now)).toList();
        var dead = live.stream()
                .filter(l -> database.dead(l.holder().incarnation()))
                .toList();
        int expired = leases.size() - live.size();
        add(true, "leases", live.size() - dead.size() + " live" + holders(live) + ", " + expired + " expired");
        if (!dead.isEmpty()) {
            add(false, "dead holders", dead.size() + " leases" + holders(dead) + ": a worker takes them over at once");
        }
    }

    private static String holders(List<Lease> leases) {
        return leases.isEmpty()
                ? ""
                : leases.stream()
                        .map(l -> l.holder().worker())
                        .distinct()
                        .limit(NAMED_HOLDERS)
                        .collect(Collectors.joining(", ", " of ", ""));
    }

    private void contents(Statements sql) {
        add(true, "sessions", count(sql, SESSIONS) + ", and " + count(sql, BURIED) + " deleted ones to reclaim");
        add(true, "inputs", count(sql, PENDING) + " pending");
        long dead = count(sql, DEAD);
        add(dead == 0, "dead inputs", dead + (dead == 0 ? "" : ": look at their last error, retry or drop them"));
    }

    private static long count(Statements sql, String statement) {
        Long count = sql.call(statement).first(Line::number);
        return count == null ? 0 : count;
    }

    private void integrity(Statements sql) {
        if (size(database.file()) > MOST_CHECKED_BYTES) {
            add(
                    true,
                    "integrity",
                    "not checked: larger than " + mebibytes(MOST_CHECKED_BYTES) + "; PRAGMA integrity_check does it");
            return;
        }
        List<String> found = sql.call(QUICK_CHECK).all(Line::text);
        boolean ok = found.equals(List.of("ok"));
        add(ok, "integrity", ok ? "ok" : "damaged, restore a backup: " + String.join("; ", found));
    }

    /** A commit costs one sync, so its time bounds what one session can do. */
    private void sync() {
        try {
            Duration median = median(database.folder(), database.environment());
            boolean ok = median.compareTo(SLOW_SYNC) <= 0;
            add(
                    ok,
                    "sync to disk",
                    median.toNanos() / 1_000 + " µs (median of " + PROBES + ")"
                            + (ok ? "" : ": each commit waits this long; use a faster disk"));
        } catch (IOException e) {
            add(false, "sync to disk", "not measured: " + e);
        }
    }

    private static Duration median(Path folder, Environment environment) throws IOException {
        Path probe = Files.createTempFile(folder, "turnbuckle-probe", null);
        try (var channel = FileChannel.open(probe, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
            var nanos = new long[PROBES];
            for (int i = 0; i < PROBES; i++) {
                long before = environment.nanos();
                channel.write(ByteBuffer.allocate(PROBE_BYTES));
                channel.force(false);
                nanos[i] = environment.nanos() - before;
            }
            Arrays.sort(nanos);
            return Duration.ofNanos(nanos[PROBES / 2]);
        }
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private static String mebibytes(long bytes) {
        return String.format(java.util.Locale.ROOT, "%.1f MiB", bytes / (double) (1 << 20));
    }
}
