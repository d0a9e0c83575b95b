package dev.turnbuckle.checks.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** What is in a database, read with plain SQL by code that knows nothing of the library's storage. */
record Rows(Database database) {
    List<List<String>> of(String query) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            var rows = new ArrayList<List<String>>();
            while (result.next()) {
                var row = new ArrayList<String>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.add(result.getString(i));
                }
                rows.add(row);
            }
            return rows;
        }
    }

    List<String> column(String query) throws SQLException {
        return of(query).stream().map(List::getFirst).toList();
    }

    long number(String query) throws SQLException {
        return Long.parseLong(column(query).getFirst());
    }

    /** Role, and text or results, of each entry. */
    List<String> transcript(String session) throws SQLException {
        return column("SELECT (m.message ->> 'role') || ' ' || COALESCE(m.message -> 'parts' -> 0 ->> 'text', "
                + "(m.message -> 'parts' -> 0 ->> 'content') || ', ' || (m.message -> 'parts' -> 1 ->> 'content'), "
                + "'calls') FROM (SELECT e.id, " + database.json("e.message") + " AS message FROM entry e "
                + "JOIN branch b ON b.id = e.id >> 32 WHERE b.session = '" + session + "') AS m ORDER BY m.id");
    }

    /** Whole turns only: as many commits as revisions, each with its record; entries chained from the first to the head. */
    void checkWholeTurns() throws Exception {
        assertThat(of("""
                SELECT s.id FROM session s WHERE s.revision <> (SELECT COUNT(*) FROM turn t
                    WHERE t.session = s.id AND t.state = 'ENDED' AND t.revision BETWEEN 1 AND s.revision)
                """))
                .as("sessions whose revision is not the number of their commits")
                .isEmpty();
        assertThat(of("SELECT id FROM turn WHERE state = 'ENDED' AND record NOT IN (SELECT hash FROM blob)"))
                .as("turns without their record")
                .isEmpty();
        assertThat(of("""
                SELECT j.effect FROM journal j JOIN turn t ON t.session = j.session AND t.id = j.turn
                WHERE t.state = 'ENDED'
                """)).as("effects of turns that have ended").isEmpty();
        Map<String, String> heads = new HashMap<>();
        for (List<String> entry : of("SELECT b.session, e.message, e.chain FROM entry e "
                + "JOIN branch b ON b.id = e.id >> 32 ORDER BY e.id")) {
            String session = entry.getFirst();
            String chain = chained(heads.getOrDefault(session, "0".repeat(64)), entry.get(1));
            assertThat(entry.get(2)).as("chain of an entry of %s", session).isEqualTo(chain);
            heads.put(session, chain);
        }
        for (List<String> session : of("SELECT id, chain FROM session")) {
            assertThat(session.get(1)).isEqualTo(heads.getOrDefault(session.getFirst(), "0".repeat(64)));
        }
    }

    private static String chained(String before, String message) throws Exception {
        return sha256(before + "\0" + sha256(message));
    }

    private static String sha256(String text) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
