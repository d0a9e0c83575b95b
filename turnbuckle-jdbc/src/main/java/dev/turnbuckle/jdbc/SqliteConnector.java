package dev.turnbuckle.jdbc;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteOpenMode;

/** SQLite connections as each use needs them. */
record SqliteConnector(Path file, SqliteStorage.Synchronous synchronous) implements Connector {
    /** How long SQLite itself waits for programs that do not know the lock file. */
    private static final int BUSY_MILLIS = 5_000;

    /** Readers of the log are given this long before a checkpoint, which holds the write lock, gives way. */
    private static final int CHECKPOINT_BUSY_MILLIS = 100;

    @Override
    public Connection open(Use use) throws SQLException {
        var config = new SQLiteConfig();
        config.setBusyTimeout(use == Use.CHECKPOINT ? CHECKPOINT_BUSY_MILLIS : BUSY_MILLIS);
        if (use == Use.INSPECT || use == Use.READ) {
            config.resetOpenMode(SQLiteOpenMode.CREATE);
            config.resetOpenMode(SQLiteOpenMode.READWRITE);
            config.setOpenMode(SQLiteOpenMode.READONLY);
        }
        Connection connection = config.createConnection("jdbc:sqlite:" + file);
        boolean done = false;
        try {
            settle((SQLiteConnection) connection, use);
            done = true;
            return connection;
        } finally {
            if (!done) {
                connection.close();
            }
        }
    }

    private void settle(SQLiteConnection connection, Use use) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String pragma : pragmas(use)) {
                statement.execute(pragma);
            }
        }
        // Transactions are begun and ended by statement (Link). With the driver's own flag off it neither begins one
        // nor probes for one after each statement, which would double the cost of a small write.
        connection.getConnectionConfig().setAutoCommit(false);
        connection.getConnectionConfig().setGetGeneratedKeys(false);
    }

    private List<String> pragmas(Use use) {
        var pragmas = new ArrayList<String>();
        if (use == Use.WRITE) {
            pragmas.add("PRAGMA journal_mode = WAL");
            pragmas.add("PRAGMA wal_autocheckpoint = 0");
            pragmas.add("PRAGMA journal_size_limit = " + Checkpoints.KEPT_BYTES);
            pragmas.add("PRAGMA cache_size = -32768");
        }
        if (use == Use.WRITE || use == Use.CHECKPOINT) {
            pragmas.add("PRAGMA synchronous = " + synchronous);
        }
        return pragmas;
    }
}
