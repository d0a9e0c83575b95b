package dev.turnbuckle.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;

/**
 * The floor's own SQLite file, opened as ours opens its: WAL, {@code synchronous=FULL}, no checkpoint on the commit
 * path, prepared statements that are held, and the driver kept from adding statements of its own. A thread moves the log
 * into the database, because a log that nobody empties is no design.
 */
final class FloorDatabase implements FloorSql, AutoCloseable {
    private static final int CHECKPOINT_FRAMES = 4_000;

    private static final String ENTRY =
            "INSERT INTO entry (branch, depth, turn, message, chain) VALUES (?, ?, ?, ?, ?)";

    /** Natural keys, clustered; the one index beside them finds the sessions that have work. */
    private static final String[] TABLES = {
        """
        CREATE TABLE session (id TEXT PRIMARY KEY, agent TEXT, revision INTEGER, branch INTEGER, depth INTEGER,
            chain TEXT, open_turn TEXT, first_user_text TEXT, user_messages INTEGER, labels TEXT,
            created INTEGER, updated INTEGER, due INTEGER) WITHOUT ROWID
        """,
        "CREATE INDEX session_due ON session (due) WHERE due IS NOT NULL",
        """
        CREATE TABLE inbox (session TEXT, sequence INTEGER, turn TEXT, kind TEXT, delivery TEXT, content TEXT,
            content_hash TEXT, context TEXT, available INTEGER, accepted INTEGER, state TEXT, claimed_by TEXT,
            generation INTEGER, attempts INTEGER, PRIMARY KEY (session, sequence)) WITHOUT ROWID
        """,
        """
        CREATE TABLE lease (id TEXT PRIMARY KEY, worker TEXT, incarnation TEXT, token TEXT, generation INTEGER,
            acquired INTEGER, expires INTEGER) WITHOUT ROWID
        """,
        """
        CREATE TABLE turn (session TEXT, id TEXT, agent TEXT, base_revision INTEGER, user_text TEXT, state TEXT,
            gate TEXT, attempts INTEGER, opened INTEGER, ended INTEGER, intent TEXT, outcome TEXT, revision INTEGER,
            record TEXT, PRIMARY KEY (session, id)) WITHOUT ROWID
        """,
        """
        CREATE TABLE journal (session TEXT, turn TEXT, effect TEXT, kind TEXT, effect_class TEXT, request_hash TEXT,
            request TEXT, outcome TEXT, attempts INTEGER, started INTEGER, ended INTEGER,
            PRIMARY KEY (session, turn, effect)) WITHOUT ROWID
        """,
        """
        CREATE TABLE entry (branch INTEGER, depth INTEGER, turn TEXT, message TEXT, chain TEXT,
            PRIMARY KEY (branch, depth)) WITHOUT ROWID
        """,
        """
        CREATE TABLE token_usage (session TEXT, turn TEXT, ordinal INTEGER, source TEXT, model TEXT, input INTEGER,
            output INTEGER, PRIMARY KEY (session, turn, ordinal)) WITHOUT ROWID
        """,
        "CREATE TABLE blob (id INTEGER PRIMARY KEY, hash TEXT, codec TEXT, size INTEGER, bytes BLOB)",
    };

    private final Connection writer;
    private final Connection checkpointer;
    private final WalIndex log;
    private final Map<String, PreparedStatement> held = new HashMap<>();
    private final Thread checkpoints;
    private volatile boolean closed;

    FloorDatabase(Path file) throws IOException {
        try {
            writer = open(file);
            for (String table : TABLES) {
                run(table);
            }
            log = WalIndex.of(file);
            checkpointer = open(file);
            checkpoints = Thread.ofPlatform().daemon().name("floor-checkpoints").start(this::checkpoint);
        } catch (SQLException e) {
            throw new IOException("the floor's database cannot be made", e);
        }
    }

    private static Connection open(Path file) throws SQLException {
        Connection connection = new SQLiteConfig().createConnection("jdbc:sqlite:" + file);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA wal_autocheckpoint = 0");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("PRAGMA cache_size = -32768");
        }
        var config = ((SQLiteConnection) connection).getConnectionConfig();
        config.setAutoCommit(false);
        config.setGetGeneratedKeys(false);
        return connection;
    }

    @Override
    public void run(String sql, Object... parameters) throws SQLException {
        PreparedStatement statement = held.get(sql);
        if (statement == null) {
            statement = writer.prepareStatement(sql);
            held.put(sql, statement);
        }
        for (int i = 0; i < parameters.length; i++) {
            switch (parameters[i]) {
                case String text -> statement.setString(i + 1, text);
                case Number number -> statement.setLong(i + 1, number.longValue());
                case byte[] bytes -> statement.setBytes(i + 1, bytes);
                default -> throw new IllegalArgumentException("parameter " + i + " of " + sql);
            }
        }
        statement.execute();
    }

    @Override
    public void entries(Entries entries) throws SQLException {
        long depth = entries.depth();
        for (String message : entries.messages()) {
            run(ENTRY, entries.branch(), depth++, entries.turn(), message, entries.chain());
        }
    }

    void begin() throws SQLException {
        run("BEGIN IMMEDIATE");
    }

    void commit() throws SQLException {
        run("COMMIT");
    }

    WalIndex log() {
        return log;
    }

    private void checkpoint() {
        try (Statement statement = checkpointer.createStatement()) {
            while (!closed) {
                Thread.sleep(20);
                if (log.frames() >= CHECKPOINT_FRAMES) {
                    statement.execute("PRAGMA wal_checkpoint(PASSIVE)");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        checkpoints.interrupt();
        try {
            checkpoints.join();
            writer.close();
            checkpointer.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            throw new IOException(e);
        }
        log.close();
    }
}
