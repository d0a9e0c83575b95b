package dev.turnbuckle.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads all tables by plain SQL and knows nothing of the storage but the names of its tables. Numbers that a database
 * gives out by itself are replaced by their rank, because databases may leave some out.
 */
final class RawReader {
    private static final List<String> TABLES = List.of(
            "session",
            "branch",
            "entry",
            "compaction",
            "turn",
            "inbox",
            "journal",
            "wait",
            "lease",
            "blob",
            "token_usage");

    private final Connection connection;
    private final String prefix;
    private final Map<Long, Long> branches = new TreeMap<>();

    /** @param prefix of the tables' names */
    RawReader(Connection connection, String prefix) {
        this.connection = connection;
        this.prefix = prefix;
    }

    /** Every row as its columns in the order of their names; rows sorted. */
    List<String> rows() throws SQLException {
        branches.put(0L, 0L);
        for (String id : rawColumn("SELECT id FROM " + prefix + "branch ORDER BY id")) {
            branches.put(Long.valueOf(id), (long) branches.size());
        }
        var rows = new ArrayList<String>();
        for (String table : TABLES) {
            table(table, rows);
        }
        return rows;
    }

    private List<String> rawColumn(String query) throws SQLException {
        var found = new ArrayList<String>();
        try (var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }

    private void table(String table, List<String> into) throws SQLException {
        String order = table.equals("inbox") ? " ORDER BY sequence" : table.equals("turn") ? " ORDER BY ordinal" : "";
        var rows = new ArrayList<String>();
        try (var statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT * FROM " + prefix + table + order)) {
            for (int rank = 1; result.next(); rank++) {
                var row = new TreeMap<String, String>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    String column = result.getMetaData().getColumnName(i);
                    row.put(column, value(table, column, rank, result, i));
                }
                rows.add(table + " " + row);
            }
        }
        into.addAll(order.isEmpty() ? rows.stream().sorted().toList() : rows);
    }

    private String value(String table, String column, int rank, ResultSet result, int i) throws SQLException {
        if (column.equals("bytes")) {
            return HexFormat.of().formatHex(result.getBytes(i));
        }
        if (column.equals("sequence") || (table.equals("turn") && column.equals("ordinal"))) {
            return "#" + rank;
        }
        boolean branch = column.equals("branch") || column.equals("parent_branch");
        if (branch || (table.equals("branch") && column.equals("id"))) {
            return "#" + branches.get(result.getLong(i));
        }
        if (table.equals("entry") && column.equals("id")) {
            long id = result.getLong(i);
            return "#" + branches.get(id >> 32) + "/" + (id & 0xFFFFFFFFL);
        }
        String text = result.getString(i);
        if (column.equals("intent") && text != null) {
            return "…"; // a hash over such numbers
        }
        // as PostgreSQL's tables write what its texts cannot hold
        return prefix.isEmpty() || text == null
                ? text
                : text.replace("\uE0000", "\0").replace("\uE000E", "\uE000");
    }
}
