package dev.turnbuckle.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A turn that ours really wrote, read from its database: what the floor writes again and again, so that both write the
 * same rows and bytes.
 *
 * @param started the journal as it stands while the tool runs
 * @param toolOutcome what the journal is told when the tool has ended
 * @param record the folded journal as it is stored
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
record Specimen(
        Input input,
        Lease lease,
        String agent,
        List<Effect> started,
        String toolOutcome,
        List<String> messages,
        String chain,
        byte[] record,
        String outcome) {

    record Input(String kind, String delivery, String content, String hash, String context) {}

    record Lease(String worker, String incarnation, String token) {}

    record Effect(String key, String kind, String effectClass, String requestHash, String request, String outcome) {}

    /** Of a database that is made for it. Every database holds the same rows of a turn, so one is read. */
    static Specimen in(Path folder) throws IOException {
        try (var ours = Ours.on(folder.resolve("specimen.db"))) {
            return of(ours);
        }
    }

    /** Runs one turn of ours and reads what it left. */
    static Specimen of(Ours ours) throws IOException {
        String session = "specimen";
        try (Connection reader = DriverManager.getConnection("jdbc:sqlite:" + ours.file())) {
            var started = new AtomicReference<>(List.<Effect>of());
            ours.turn(session, () -> started.set(journal(reader, session)));
            return read(reader, session, started.get());
        } catch (SQLException e) {
            throw new IOException("cannot read back what a turn wrote", e);
        }
    }

    private static List<Effect> journal(Connection reader, String session) {
        try {
            return all(
                    reader,
                    "SELECT effect, kind, effect_class, request_hash, request, outcome FROM journal WHERE session = ?",
                    session,
                    r -> new Effect(
                            r.getString(1),
                            r.getString(2),
                            r.getString(3),
                            r.getString(4),
                            r.getString(5),
                            Objects.requireNonNullElse(r.getString(6), "")));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Specimen read(Connection reader, String session, List<Effect> started) throws SQLException {
        Input input = one(
                reader,
                "SELECT kind, delivery, content, content_hash, context FROM inbox WHERE session = ?",
                session,
                r -> new Input(r.getString(1), r.getString(2), r.getString(3), r.getString(4), r.getString(5)));
        Lease lease = one(
                reader,
                "SELECT worker, incarnation, token FROM lease WHERE id = ?",
                session,
                r -> new Lease(r.getString(1), r.getString(2), r.getString(3)));
        List<String> messages = all(
                reader,
                "SELECT message FROM entry WHERE turn = (SELECT id FROM turn WHERE session = ?) ORDER BY id",
                session,
                r -> r.getString(1));
        return one(
                reader,
                """
                SELECT t.agent, s.chain, b.bytes, t.outcome FROM turn t
                JOIN session s ON s.id = t.session
                JOIN blob b ON b.hash = t.record
                WHERE t.session = ?
                """,
                session,
                r -> new Specimen(
                        input,
                        lease,
                        r.getString(1),
                        started,
                        toolOutcome(messages),
                        messages,
                        r.getString(2),
                        r.getBytes(3),
                        r.getString(4)));
    }

    /** The outcome in the journal says at least what the history says of it. */
    private static String toolOutcome(List<String> messages) {
        return messages.get(2);
    }

    private interface Read<T> {
        T from(ResultSet row) throws SQLException;
    }

    private static <T> T one(Connection reader, String sql, String session, Read<T> read) throws SQLException {
        List<T> found = all(reader, sql, session, read);
        if (found.size() != 1) {
            throw new IllegalStateException(found.size() + " rows for: " + sql);
        }
        return found.getFirst();
    }

    private static <T> List<T> all(Connection reader, String sql, String session, Read<T> read) throws SQLException {
        try (PreparedStatement statement = reader.prepareStatement(sql)) {
            statement.setString(1, session);
            try (ResultSet rows = statement.executeQuery()) {
                var found = new ArrayList<T>();
                while (rows.next()) {
                    found.add(read.from(rows));
                }
                return found;
            }
        }
    }
}
