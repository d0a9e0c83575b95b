package dev.turnbuckle.jdbc;

import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.store.plan.RowGroups;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The inbox table. What looks for work repeats the condition of the partial index, so that the index is used. */
interface SqlInbox extends RowGroups.OfInbox {
    String COLUMNS = """
            sequence, session, turn, kind, delivery, content, idem_key, context, trace, available, accepted,
            state, claimed_by, generation, point, attempts, error
            """;

    String INSERT = """
            INSERT INTO inbox (session, turn, kind, delivery, content, content_hash, idem_key, context, trace,
                available, accepted, state, claimed_by, generation, point, attempts, error, finished)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
            RETURNING sequence
            """;

    /** Leaves alone what the index of open rows is made of. */
    String UPDATE_OPEN = """
            UPDATE inbox SET state = ?, claimed_by = ?, generation = ?, point = ?, attempts = ?, error = ?
            WHERE sequence = ? AND finished = 0
            """;

    String UPDATE = """
            UPDATE inbox SET state = ?, claimed_by = ?, generation = ?, point = ?, attempts = ?, error = ?, finished = ?
            WHERE sequence = ?
            """;

    String FIND = "SELECT " + COLUMNS + " FROM inbox WHERE sequence = ?";
    String FIND_BY_KEY = "SELECT " + COLUMNS + " FROM inbox WHERE session = ? AND idem_key = ?";
    String FIND_BY_TURN = "SELECT " + COLUMNS + " FROM inbox WHERE session = ? AND turn = ?";
    String CONTENT_HASH = "SELECT content_hash FROM inbox WHERE sequence = ?";

    String PENDING = "SELECT " + COLUMNS + """
            FROM inbox
            WHERE session = ? AND finished = 0 AND state = 'PENDING'
            ORDER BY sequence LIMIT ?
            """;

    String EARLIEST_PENDING = """
            SELECT available FROM inbox
            WHERE session = ? AND finished = 0 AND state = 'PENDING'
            ORDER BY available LIMIT 1
            """;

    String CLAIMED = "SELECT " + COLUMNS + """
            FROM inbox
            WHERE session = ? AND finished = 0 AND state = 'CLAIMED' AND claimed_by = ?
            ORDER BY sequence
            """;

    String OPEN = "SELECT " + COLUMNS + """
            FROM inbox
            WHERE session = ? AND finished = 0 AND sequence >= ?
            ORDER BY sequence
            """;

    String EVERY = "SELECT " + COLUMNS + " FROM inbox WHERE session = ? AND sequence >= ? ORDER BY sequence";

    Set<InboxItem.State> OPEN_STATES = Set.of(InboxItem.State.PENDING, InboxItem.State.CLAIMED);

    Statements sql();

    static InboxItem row(Line in) {
        return new InboxItem(
                in.number(),
                in.text(),
                new TurnId(in.text()),
                in.name(InboxItem.Kind.class),
                in.name(InboxItem.Delivery.class),
                in.text(),
                in.textOrNull(),
                Texts.read(in.text()),
                in.textOrNull(),
                in.time(),
                in.time(),
                status(in));
    }

    private static InboxItem.Status status(Line in) {
        InboxItem.State state = in.name(InboxItem.State.class);
        String by = in.textOrNull();
        return new InboxItem.Status(
                state, by == null ? null : new TurnId(by), in.number(), in.small(), in.small(), in.textOrNull());
    }

    private static Call status(Call call, InboxItem.Status status) {
        return call.text(status.state().name())
                .text(status.turn() == null ? null : status.turn().value())
                .number(status.generation())
                .number(status.point())
                .number(status.attempts())
                .text(status.error());
    }

    @Override
    default long insertInbox(InboxItem item, String contentHash) {
        var call = sql().call(INSERT)
                .text(item.session())
                .text(item.turn().value())
                .text(item.kind().name())
                .text(item.delivery().name())
                .text(item.content())
                .text(contentHash)
                .text(item.key())
                .text(Texts.write(item.context()))
                .text(item.trace())
                .time(item.availableAt())
                .time(item.acceptedAt());
        return Objects.requireNonNull(status(call, item.status()).first(Line::number));
    }

    @Override
    default @Nullable InboxItem inbox(long sequence) {
        return sql().call(FIND).number(sequence).first(SqlInbox::row);
    }

    @Override
    default @Nullable InboxItem inboxByKey(String session, String key) {
        return sql().call(FIND_BY_KEY).text(session).text(key).first(SqlInbox::row);
    }

    @Override
    default String contentHash(long sequence) {
        return Objects.requireNonNull(sql().call(CONTENT_HASH).number(sequence).first(Line::text));
    }

    @Override
    default @Nullable InboxItem inboxByTurn(String session, TurnId turn) {
        return sql().call(FIND_BY_TURN).text(session).text(turn.value()).first(SqlInbox::row);
    }

    @Override
    default List<InboxItem> pending(String session, int most) {
        return sql().call(PENDING).text(session).number(most).all(SqlInbox::row);
    }

    @Override
    default @Nullable Instant earliestPending(String session) {
        return sql().call(EARLIEST_PENDING).text(session).first(Line::time);
    }

    @Override
    default List<InboxItem> claimedBy(String session, TurnId turn) {
        return sql().call(CLAIMED).text(session).text(turn.value()).all(SqlInbox::row);
    }

    @Override
    default List<InboxItem> inboxOf(String session, long fromSequence, Set<InboxItem.State> states) {
        return sql().call(OPEN_STATES.containsAll(states) ? OPEN : EVERY)
                .text(session)
                .number(fromSequence)
                .some(SqlInbox::row, i -> states.contains(i.status().state()), Integer.MAX_VALUE);
    }

    @Override
    default void updateInbox(long sequence, InboxItem.Status status) {
        boolean open = OPEN_STATES.contains(status.state());
        if (!open || status(sql().call(UPDATE_OPEN), status).number(sequence).update() == 0) {
            status(sql().call(UPDATE), status)
                    .number(open ? 0 : 1)
                    .number(sequence)
                    .updateOne();
        }
    }
}
