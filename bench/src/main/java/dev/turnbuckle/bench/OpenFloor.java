package dev.turnbuckle.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig;

/** The least that reads a session: two prepared statements on one connection, every column fetched, nothing decoded. */
final class OpenFloor implements AutoCloseable {
    private final Connection connection;
    private final PreparedStatement session;
    private final PreparedStatement entries;

    OpenFloor(Path file) throws SQLException {
        var config = new SQLiteConfig();
        config.setReadOnly(true);
        connection = config.createConnection("jdbc:sqlite:" + file);
        session = connection.prepareStatement(
                "SELECT branch, depth, chain, checkpoint, agent, revision FROM session WHERE id = ?");
        entries = connection.prepareStatement(
                "SELECT id, turn, message, chain FROM entry WHERE id BETWEEN ? AND ? ORDER BY id");
    }

    /** @return how many of the newest entries there are */
    int read(String id, int newest) throws SQLException {
        session.setString(1, id);
        long last;
        try (ResultSet row = session.executeQuery()) {
            last = (row.getLong(1) << 32) + row.getLong(2);
        }
        entries.setLong(1, last - newest + 1);
        entries.setLong(2, last);
        int read = 0;
        try (ResultSet rows = entries.executeQuery()) {
            while (rows.next()) {
                rows.getLong(1);
                rows.getString(2);
                rows.getString(3);
                rows.getString(4);
                read++;
            }
        }
        return read;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
