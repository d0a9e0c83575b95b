package dev.turnbuckle.jdbc;

import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.plan.RowStorage.Limits;
import dev.turnbuckle.store.plan.Transactions;
import dev.turnbuckle.testkit.tck.StorageFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** One file in a folder of its own. */
final class SqliteFixture implements StorageFixture {
    private static final String TABLES =
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'";

    private final Path folder;
    private final Path file;

    SqliteFixture() {
        try {
            folder = Files.createTempDirectory("turnbuckle").toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        file = folder.resolve("agents.db");
    }

    Path file() {
        return file;
    }

    @Override
    public Storage storage(Limits limits) {
        return SqliteStorage.builder(file).limits(limits).build();
    }

    @Override
    public Optional<Transactions> transactions() {
        return Optional.of(SqliteStorage.at(file).transactions());
    }

    @Override
    public Map<String, String> dump() {
        var dump = new TreeMap<String, String>();
        sql(connection -> {
            for (String table : column(connection, TABLES)) {
                dump(connection, table, dump);
            }
        });
        return dump;
    }

    /** Each row by its key. */
    private static void dump(Connection connection, String table, Map<String, String> dump) throws SQLException {
        List<String> key = column(connection, "SELECT name FROM pragma_table_info('" + table + "') WHERE pk > 0");
        try (var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
            while (rows.next()) {
                var name = new StringBuilder(table);
                for (String column : key) {
                    name.append(' ').append(rows.getString(column));
                }
                var row = new StringBuilder();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    row.append(rows.getString(i)).append(" | ");
                }
                dump.put(name.toString(), row.toString());
            }
        }
    }

    private static List<String> column(Connection connection, String query) throws SQLException {
        var found = new ArrayList<String>();
        try (var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }

    /** By the real proof, a file that nobody has locked, for every holder that there is. */
    @Override
    public boolean presumeDead(Predicate<Claimant> dead) {
        sql(connection -> {
            try (var statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT worker, incarnation, token FROM lease")) {
                while (rows.next()) {
                    var holder = new Claimant(rows.getString(1), rows.getString(2), rows.getString(3));
                    if (dead.test(holder)) {
                        Files.writeString(folder.resolve("agents.db-workers").resolve(holder.incarnation()), "");
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return true;
    }

    @Override
    public boolean pretendNewerSchema() {
        sql(connection -> {
            try (var statement = connection.createStatement()) {
                statement.executeUpdate("UPDATE meta SET value = '99' WHERE name = 'schema'");
            }
        });
        return true;
    }

    private interface Work {
        void on(Connection connection) throws SQLException;
    }

    private void sql(Work work) {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            work.on(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
