package dev.turnbuckle.jdbc;

import dev.turnbuckle.store.Maintenance.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code turnbuckle doctor} shows of a PostgreSQL schema: a line each, the bad ones with what to do. */
final class PostgresExamination {
    /** A node's clock this far from the server's deserves a look, though no rule compares the two. */
    private static final Duration SKEW = Duration.ofSeconds(1);

    /** A lease that expired so long ago, and whose session is due, was picked up by nobody. */
    private static final Duration STUCK = Duration.ofMinutes(1);

    private static final Duration LONG_WAIT = Duration.ofDays(7);

    private static final String SETTING = "SELECT current_setting(?)";
    private static final String SESSIONS = "SELECT COUNT(*) FROM session WHERE deleted = 0";
    private static final String BURIED = "SELECT COUNT(*) FROM session WHERE deleted = 1";
    private static final String PENDING = "SELECT COUNT(*) FROM inbox WHERE finished = 0 AND state = 'PENDING'";
    private static final String DEAD = "SELECT COUNT(*) FROM inbox WHERE finished = 1 AND state = 'DEAD'";
    private static final String OLD_WAITS = "SELECT COUNT(*) FROM wait WHERE decision IS NULL AND since < ?";
    private static final String HELD = """
            SELECT COUNT(*) FROM turn t JOIN session s ON s.id = t.session AND s.open_turn = t.id
            WHERE t.last_error IS NOT NULL
            """;
    private static final String LEASES = "SELECT COUNT(*) FROM lease WHERE expires > ?";
    private static final String STUCK_LEASES = """
            SELECT COUNT(*) FROM lease l JOIN session s ON s.id = l.id
            WHERE l.kind = 'session' AND l.expires > 0 AND l.expires < ? AND s.due < ?
            """;
    private static final String OLDEST_TRANSACTION = """
            SELECT COALESCE((extract(epoch FROM MAX(clock_timestamp() - xact_start)) * 1000000)::bigint, 0)
            FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
            """;

    private final PostgresDatabase database;
    private final List<Finding> findings = new ArrayList<>();

    private PostgresExamination(PostgresDatabase database) {
        this.database = database;
    }

    static List<Finding> of(PostgresDatabase database) {
        var examination = new PostgresExamination(database);
        return database.run(
                rows -> {
                    examination.findings.clear();
                    examination.all(((SqlRows) rows).sql(), rows.now());
                    return List.copyOf(examination.findings);
                },
                false,
                false);
    }

    private void add(boolean ok, String subject, String text, String remedy) {
        findings.add(new Finding(ok, subject, ok ? text : text + ": " + remedy));
    }

    private void all(Statements sql, Instant now) {
        add(
                true,
                "database",
                database.settings().place() + ", schema " + database.settings().schema(),
                "");
        add(true, "server", "PostgreSQL " + setting(sql, "server_version"), "");
        add(true, "schema", "version " + Schema.found(sql), "");
        durability(sql);
        clock(now);
        contents(sql, now);
        leases(sql, now);
        transactions(sql);
    }

    private static String setting(Statements sql, String name) {
        return String.valueOf(sql.call(SETTING).text(name).first(Line::text));
    }

    private void durability(Statements sql) {
        for (String name : List.of("fsync", "full_page_writes", "synchronous_commit")) {
            String value = setting(sql, name);
            add(
                    !value.equals("off"),
                    name,
                    value,
                    "what was committed can be lost when the machine fails; switch it on");
        }
    }

    private void clock(Instant server) {
        Duration skew = Duration.between(database.environment().now(), server);
        add(
                skew.abs().compareTo(SKEW) <= 0,
                "clock",
                "the server's is " + skew.toMillis() + " ms ahead of this machine's",
                "leases go by the server's, what is shown by this one's; synchronise them");
    }

    private void contents(Statements sql, Instant now) {
        add(true, "sessions", count(sql, SESSIONS) + ", and " + count(sql, BURIED) + " deleted ones to reclaim", "");
        add(true, "inputs", count(sql, PENDING) + " pending", "");
        long dead = count(sql, DEAD);
        add(dead == 0, "dead inputs", String.valueOf(dead), "look at their last error, retry or drop them");
        long waits = count(sql, OLD_WAITS, now.minus(LONG_WAIT));
        add(
                waits == 0,
                "long waits",
                waits + " open for more than " + LONG_WAIT.toDays() + " days",
                "nobody answers them");
        long held = count(sql, HELD);
        add(held == 0, "failing turns", String.valueOf(held), "their last error says why; a build that fits goes on");
    }

    private void leases(Statements sql, Instant now) {
        add(true, "leases", count(sql, LEASES, now) + " live", "");
        long stuck = count(sql, STUCK_LEASES, now.minus(STUCK), now.minus(STUCK));
        add(
                stuck == 0,
                "stuck leases",
                stuck + " expired more than " + STUCK.toSeconds() + " s ago, their sessions due",
                "no node that knows their agents is running, or all are full");
    }

    private void transactions(Statements sql) {
        Long micros = sql.call(OLDEST_TRANSACTION).first(Line::number);
        long seconds = micros == null ? 0 : micros / 1_000_000;
        add(
                seconds < 60,
                "oldest transaction",
                seconds + " s",
                "it keeps the server from cleaning up; look for one that was left open");
    }

    private static long count(Statements sql, String statement, Instant... times) {
        Call call = sql.call(statement);
        for (Instant time : times) {
            call.time(time);
        }
        @Nullable Long count = call.first(Line::number);
        return count == null ? 0 : count;
    }
}
