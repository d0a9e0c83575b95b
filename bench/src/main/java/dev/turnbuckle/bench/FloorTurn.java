package dev.turnbuckle.bench;

import java.sql.SQLException;
import java.util.List;

/**
 * One session's turns on the floor: the five transactions of J14, each the fewest statements that leave the same rows.
 * Nothing is read, decided, hashed, parsed or checked; the values are those of a {@link Specimen}.
 */
final class FloorTurn {
    private static final String SESSION = """
            INSERT INTO session (id, agent, revision, branch, depth, chain, first_user_text, user_messages, labels,
                created, updated) VALUES (?, ?, 0, ?, 0, ?, '', 0, '{}', ?, ?)
            """;
    private static final String INBOX = """
            INSERT INTO inbox (session, sequence, turn, kind, delivery, content, content_hash, context, available,
                accepted, state, generation, attempts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'PENDING', 0, 0)
            """;
    private static final String DUE = "UPDATE session SET due = ? WHERE id = ?";

    private static final String LEASE = """
            INSERT INTO lease (id, worker, incarnation, token, generation, acquired, expires)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET token = excluded.token, generation = excluded.generation,
                acquired = excluded.acquired, expires = excluded.expires
            """;
    private static final String CLAIM = """
            UPDATE inbox SET state = 'CLAIMED', claimed_by = ?, generation = ?, attempts = 1
            WHERE session = ? AND sequence = ?
            """;
    private static final String TURN = """
            INSERT INTO turn (session, id, agent, base_revision, user_text, state, gate, attempts, opened)
            VALUES (?, ?, ?, ?, ?, 'RUNNING', 'OPEN', 1, ?)
            """;
    private static final String OPEN = "UPDATE session SET open_turn = ?, due = ? WHERE id = ?";

    private static final String EFFECT = """
            INSERT INTO journal (session, turn, effect, kind, effect_class, request_hash, request, outcome, attempts,
                started, ended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)
            """;
    private static final String OUTCOME =
            "UPDATE journal SET outcome = ?, ended = ? WHERE session = ? AND turn = ? AND effect = ?";

    private static final String USAGE = """
            INSERT INTO token_usage (session, turn, ordinal, source, model, input, output)
            VALUES (?, ?, ?, 'model', 'instant', 170, 22)
            """;
    private static final String BLOB = "INSERT INTO blob (hash, codec, size, bytes) VALUES (?, 'deflate', ?, ?)";
    private static final String APPLIED = "UPDATE inbox SET state = 'APPLIED' WHERE session = ? AND sequence = ?";
    private static final String FORGET = "DELETE FROM journal WHERE session = ? AND turn = ?";
    private static final String END = """
            UPDATE turn SET state = 'ENDED', gate = 'SEALED', ended = ?, intent = ?, outcome = ?, revision = ?, record = ?
            WHERE session = ? AND id = ?
            """;
    private static final String RELEASE = "UPDATE lease SET expires = 0 WHERE id = ?";
    private static final String HEAD = """
            UPDATE session SET revision = ?, depth = ?, chain = ?, first_user_text = ?, user_messages = ?,
                open_turn = NULL, due = NULL, updated = ? WHERE id = ? AND revision = ?
            """;

    private static final long LEASE_MICROS = 30_000_000;

    private final Specimen specimen;
    private final String session;
    private final long branch;
    private long revision;
    private long depth;
    private String turn = "";

    FloorTurn(Specimen specimen, String session, long branch) {
        this.specimen = specimen;
        this.session = session;
        this.branch = branch;
    }

    /** Whether the statement records an effect. */
    static boolean records(String sql) {
        return sql.equals(EFFECT) || sql.equals(OUTCOME);
    }

    private static long now() {
        return System.currentTimeMillis() * 1_000;
    }

    /** 1: the input is on disk. */
    void accept(FloorSql db) throws SQLException {
        long now = now();
        turn = String.format("t-%026d", branch * 1_000_000 + revision);
        if (revision == 0) {
            db.run(SESSION, session, specimen.agent(), branch, specimen.chain(), now, now);
        }
        var input = specimen.input();
        db.run(
                INBOX,
                session,
                revision,
                turn,
                input.kind(),
                input.delivery(),
                input.content(),
                input.hash(),
                input.context(),
                now,
                now);
        db.run(DUE, now, session);
    }

    /** 2: lease, claim, turn row. */
    void open(FloorSql db) throws SQLException {
        long now = now();
        var lease = specimen.lease();
        long until = now + LEASE_MICROS;
        db.run(LEASE, session, lease.worker(), lease.incarnation(), lease.token(), revision + 1, now, until);
        db.run(CLAIM, turn, revision + 1, session, revision);
        db.run(TURN, session, turn, specimen.agent(), revision, Ours.QUESTION, now);
        db.run(OPEN, turn, until, session);
    }

    /** 3: what the model said, and that the tool starts. */
    void start(FloorSql db) throws SQLException {
        long now = now();
        for (var e : specimen.started()) {
            db.run(
                    EFFECT,
                    session,
                    turn,
                    e.key(),
                    e.kind(),
                    e.effectClass(),
                    e.requestHash(),
                    e.request(),
                    e.outcome(),
                    now,
                    now);
        }
    }

    /** 4: what the tool did. */
    void outcome(FloorSql db) throws SQLException {
        db.run(
                OUTCOME,
                specimen.toolOutcome(),
                now(),
                session,
                turn,
                specimen.started().getLast().key());
    }

    /** 5: history, usage, turn record, and everything settled. */
    void commit(FloorSql db) throws SQLException {
        commit(db, specimen.messages(), List.of());
    }

    /** @param blobs bytes beside the turn record */
    void commit(FloorSql db, List<String> messages, List<byte[]> blobs) throws SQLException {
        long now = now();
        db.entries(new FloorSql.Entries(branch, depth + 1, turn, specimen.chain(), messages));
        depth += messages.size();
        db.run(USAGE, session, turn, 1);
        db.run(USAGE, session, turn, 2);
        db.run(BLOB, specimen.chain(), specimen.record().length, specimen.record());
        for (byte[] bytes : blobs) {
            db.run(BLOB, specimen.chain(), bytes.length, bytes);
        }
        db.run(APPLIED, session, revision);
        db.run(FORGET, session, turn);
        db.run(END, now, specimen.chain(), specimen.outcome(), revision + 1, specimen.chain(), session, turn);
        db.run(RELEASE, session);
        db.run(HEAD, revision + 1, depth, specimen.chain(), Ours.QUESTION, revision + 1, now, session, revision);
        revision++;
    }
}
