package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.error.WiringException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL: tables in a schema of their own, named in every statement, because a connection behind a pooler keeps no
 * search path; the server's clock; what its SQLSTATEs mean.
 *
 * <p>Its texts cannot hold U+0000. It is written as two characters that begin with {@link #ESCAPE}, which is itself
 * written as two, so that every text comes back as it was.
 */
final class PostgresDialect implements Dialect {
    /** Time of the statement, not of the transaction: what waited for a lock must not decide by a clock that stood still. */
    static final String SERVER_CLOCK = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

    static final String NOW = "SELECT {clock}";
    static final String SCHEMA_AND_CLOCK = "SELECT (SELECT value FROM meta WHERE name = 'schema'), {clock}";
    static final String DUE = """
            SELECT d.id FROM unnest(?::text[]) AS a(agent) CROSS JOIN LATERAL (
                SELECT s.id, s.due FROM session s WHERE s.agent = a.agent AND s.due <= (SELECT {clock} - ?)
                ORDER BY s.due, s.id LIMIT ?) AS d
            ORDER BY d.due, d.id LIMIT ?
            """;
    /** Goes from name to name along the index, so the cost is of the shares asked for and not of all that waits. */
    static final String DUE_BY_SHARE = """
            WITH RECURSIVE a AS (SELECT unnest(?::text[]) AS agent),
            name(share, n) AS (
                SELECT (SELECT MIN(f.share) FROM a CROSS JOIN LATERAL (
                    SELECT s.share FROM session s WHERE s.agent = a.agent AND s.share > ? AND s.due IS NOT NULL
                    ORDER BY s.share LIMIT 1) AS f), 1
                UNION ALL
                SELECT (SELECT MIN(f.share) FROM a CROSS JOIN LATERAL (
                    SELECT s.share FROM session s WHERE s.agent = a.agent AND s.share > name.share AND s.due IS NOT NULL
                    ORDER BY s.share LIMIT 1) AS f), name.n + 1
                FROM name WHERE name.share IS NOT NULL AND name.n < ?)
            SELECT name.share, d.id FROM name LEFT JOIN LATERAL (
                SELECT e.id, e.due FROM a CROSS JOIN LATERAL (
                    SELECT s.id, s.due FROM session s
                    WHERE s.agent = a.agent AND s.share = name.share AND s.due <= (SELECT {clock} - ?)
                    ORDER BY s.due, s.id LIMIT ?) AS e
                ORDER BY e.due, e.id LIMIT ?) AS d ON TRUE
            WHERE name.share IS NOT NULL ORDER BY name.n, d.due, d.id
            """;

    /** What somebody works on is left out instead of waited for; the commit need not be on disk, it is a hint. */
    static final String SOON_ENOUGH = "SET LOCAL synchronous_commit = off";

    static final String CHOOSE = """
            UPDATE session AS s SET due = (SELECT {clock}) + ? FROM (
                SELECT f.id FROM session f WHERE f.id = ANY (?) AND f.due <= (SELECT {clock})
                ORDER BY f.id FOR NO KEY UPDATE SKIP LOCKED) AS free
            WHERE s.id = free.id RETURNING s.id
            """;
    static final String UNTIL_DUE = """
            SELECT d.due - {clock} FROM unnest(?::text[]) AS a(agent) CROSS JOIN LATERAL (
                SELECT s.due FROM session s WHERE s.agent = a.agent AND s.due > (SELECT {clock}) ORDER BY s.due LIMIT 1) AS d
            ORDER BY d.due LIMIT 1
            """;

    /** The server ended the transaction before its next statement came, which may be COMMIT: nothing was done. */
    private static final String STOOD_STILL = "25P03";

    private static final int MOST_JOINED = 1_000;

    private static final char ESCAPE = '\uE000';
    private static final String NUL_WRITTEN = ESCAPE + "0";
    private static final String ESCAPE_WRITTEN = ESCAPE + "E";

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_$]{0,62}");
    private static final Pattern TABLES =
            Pattern.compile("\\b(FROM|INTO|UPDATE|JOIN)(\\s+)(session|branch|entry|compaction"
                    + "|turn|inbox|journal|wait|lease|blob|token_usage|meta|live_life|live_header|live_event)\\b");
    private static final Pattern SEQUENCES = Pattern.compile("nextval\\('(\\w+)'\\)");

    /** Statements are constants; those that are put together from them are not remembered here. */
    private final Map<String, String> rendered = new ConcurrentHashMap<>();

    private final Map<List<String>, String> joined = new ConcurrentHashMap<>();

    private final String place;
    private final String schema;
    private final String clock;
    private final boolean shared;
    private volatile @Nullable Unprepared unprepared;

    /** @param place what messages call the database, without any secret */
    PostgresDialect(String place, String schema, String clock) {
        this(place, schema, clock, false);
    }

    /** @param shared whether the connections are an application's that a pooler in transaction mode shares out */
    PostgresDialect(String place, String schema, String clock, boolean shared) {
        if (!NAME.matcher(schema).matches()) {
            throw new WiringException("\"" + schema + "\" cannot be the name of a schema here: use letters, digits and "
                    + "underscores, at most 63, beginning with a letter");
        }
        this.place = place;
        this.schema = schema;
        this.clock = clock;
        this.shared = shared;
    }

    String place() {
        return place;
    }

    String schema() {
        return schema;
    }

    /** Quoted, so that case and keywords do not matter. */
    String quotedSchema() {
        return '"' + schema + '"';
    }

    @Override
    public String sql(String shared) {
        return rendered.computeIfAbsent(shared, this::render);
    }

    private String render(String shared) {
        String prefix = Matcher.quoteReplacement(quotedSchema() + ".");
        String tables = TABLES.matcher(shared).replaceAll("$1$2" + prefix + "$3");
        String sequences = SEQUENCES.matcher(tables).replaceAll("nextval('" + prefix + "$1')");
        return sequences.replace("{clock}", clock);
    }

    /** Transactions of one kind send the same statements, so there are few lists of them; the driver knows each by its text. */
    @Override
    public String together(List<String> shared) {
        String known = joined.get(shared);
        if (known == null) {
            known = Dialect.super.together(shared);
            if (joined.size() < MOST_JOINED) {
                joined.put(List.copyOf(shared), known);
            }
        }
        return known;
    }

    @Override
    public String written(String text) {
        if (text.indexOf('\0') < 0 && text.indexOf(ESCAPE) < 0) {
            return text;
        }
        return text.replace(String.valueOf(ESCAPE), ESCAPE_WRITTEN).replace("\0", NUL_WRITTEN);
    }

    @Override
    public String read(String stored) {
        return stored.indexOf(ESCAPE) < 0
                ? stored
                : stored.replace(NUL_WRITTEN, "\0").replace(ESCAPE_WRITTEN, String.valueOf(ESCAPE));
    }

    @Override
    public PreparedStatement prepared(PreparedStatement statement) throws SQLException {
        if (shared) {
            Unprepared known = unprepared;
            Unprepared driver = known == null ? Unprepared.ofTheDriver() : known;
            unprepared = driver;
            driver.keep(statement);
        }
        return statement;
    }

    @Override
    public Instant now(Statements sql, Environment environment) {
        Instant now = sql.call(NOW).first(Line::time);
        if (now == null) {
            throw new IllegalStateException("a clock always answers");
        }
        return now;
    }

    @Override
    public String scripts() {
        return "/dev/turnbuckle/jdbc/postgres/";
    }

    @Override
    public List<String> versions() {
        return List.of("V001__tables.sql", "V002__live.sql", "V003__shares.sql");
    }

    private static String state(SQLException e) {
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState();
            }
        }
        return "";
    }

    @Override
    public Trouble trouble(SQLException e) {
        String state = state(e);
        return switch (state) {
            case "40001", "40P01", "23505", STOOD_STILL -> Trouble.CONTENDED;
            case "53100" -> Trouble.FULL;
            case "55P03", "57014" -> Trouble.BUSY;
            default -> isLost(state) ? Trouble.LOST : Trouble.OTHER;
        };
    }

    /** {@link Fetch#GUARD} did not hold, or a row was there already; the server has undone everything. */
    static boolean isRefused(SQLException e) {
        String state = state(e);
        return state.equals("22P02") || state.equals("23505");
    }

    /** Connection failures, a server that stops or starts, and what a pool says of it. */
    private static boolean isLost(String state) {
        return state.isEmpty() || state.startsWith("08") || state.startsWith("57P") || state.startsWith("58");
    }

    /** What a pooler says of {@link ConnectionDefaults}. */
    private static boolean isRefusedByPooler(SQLException e) {
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (message.contains("unsupported startup parameter") || message.contains("command-line options")) {
                return true;
            }
        }
        return false;
    }

    @Override
    public StorageException explain(SQLException e) {
        String state = state(e);
        String detail = " (PostgreSQL " + state + ": " + e.getMessage() + ")";
        if (isRefusedByPooler(e)) {
            return pooler(detail, e);
        }
        return switch (state) {
            case "40001", "40P01", "23505" ->
                StorageException.retry(
                        "contended",
                        "other transactions on " + place + " were in the way again and again; nothing was done"
                                + detail,
                        e);
            case "53100" ->
                StorageException.retry(
                        "disk_full", "no room left at " + place + "; nothing was done: free space there" + detail, e);
            case "53300" ->
                StorageException.retry(
                        "too_many_connections",
                        place + " takes no more connections: raise max_connections, or let each node have fewer"
                                + detail,
                        e);
            case "55P03" ->
                StorageException.retry(
                        "locked",
                        "a row at " + place + " stayed locked by another transaction for longer than the lock timeout; "
                                + "nothing was done: look for a transaction that is left open" + detail,
                        e);
            case "57014" ->
                StorageException.retry(
                        "too_slow",
                        "a statement at " + place + " took longer than the statement timeout; nothing was done"
                                + detail,
                        e);
            case "25006", "0A000" ->
                StorageException.retry(
                        "read_only", place + " takes no writes now: a standby, or a failover under way?" + detail, e);
            case "42P01", "3F000" ->
                StorageException.rewire(
                        "no_tables",
                        "the tables in schema " + schema + " of " + place
                                + " are not there: open the storage once with SchemaMode.CREATE, or apply the scripts in "
                                + scripts() + " of turnbuckle-jdbc.jar" + detail,
                        e);
            case "42P05", "26000" -> pooler(detail, e);
            case "42501" ->
                StorageException.rewire(
                        "not_allowed",
                        "this user may not do that at " + place + ": grant it the schema " + schema
                                + " and its tables and sequences, or let it create the schema" + detail,
                        e);
            case "3D000" ->
                StorageException.rewire("no_database", place + " has no such database: create it" + detail, e);
            default -> other(state, detail, e);
        };
    }

    private StorageException pooler(String detail, SQLException e) {
        return StorageException.rewire(
                "pooler",
                "a pooler stands before " + place + ": add pooler=transaction to the address, or pooler(true) to the "
                        + "builder, or pooler=session if it gives each client a connection of its own" + detail,
                e);
    }

    private StorageException other(String state, String detail, SQLException e) {
        if (state.startsWith("28")) {
            return StorageException.rewire(
                    "access", place + " does not let this user in: check name and password" + detail, e);
        }
        return isLost(state)
                ? StorageException.retry(
                        "unreachable",
                        place + " cannot be reached, or the connection was lost; nothing was done" + detail,
                        e)
                : StorageException.retry("sql", "a statement at " + place + " failed" + detail, e);
    }
}
