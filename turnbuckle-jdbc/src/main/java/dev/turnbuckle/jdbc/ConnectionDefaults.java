package dev.turnbuckle.jdbc;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a connection of our own pool is told once, when it is made, so that no transaction has to. It travels in the
 * connection's first message: a pooler on the way refuses it or drops it, but cannot hand it to somebody else's
 * connection, as it could a SET.
 */
final class ConnectionDefaults {
    private static final String SETTINGS = "SELECT name, setting FROM pg_settings WHERE name = ANY (?)";

    /** Back to what the connection was told at first, whatever somebody has set since. */
    static final String RESET = "RESET ALL";

    private final Map<String, String> values = new LinkedHashMap<>();

    ConnectionDefaults(PostgresStorage.Timeouts timeouts) {
        values.put("default_transaction_isolation", "read committed");
        values.put("default_transaction_read_only", "off");
        values.put("statement_timeout", millis(timeouts.statement()));
        values.put("lock_timeout", millis(timeouts.lock()));
        values.put("idle_in_transaction_session_timeout", millis(PostgresStorage.Timeouts.IDLE));
        // Plans are kept: one that was made when a table was small must not read it whole when it has grown.
        values.put("enable_seqscan", "off");
    }

    private static String millis(Duration timeout) {
        return String.valueOf(timeout.toMillis());
    }

    /** @param theirs what the address says for the same parameter: it comes last, and so it counts */
    String options(@Nullable String theirs) {
        String ours = values.entrySet().stream()
                .map(e -> "-c " + e.getKey() + "=" + e.getValue().replace(" ", "\\ "))
                .collect(Collectors.joining(" "));
        return theirs == null ? ours : ours + " " + theirs;
    }

    /** Whether a connection has them. */
    boolean hold(Statements sql) {
        List<String> right = sql.call(SETTINGS).texts(values.keySet()).all(in -> in.text() + "=" + in.text());
        return right.size() == values.size()
                && values.entrySet().stream().allMatch(e -> right.contains(e.getKey() + "=" + e.getValue()));
    }
}
