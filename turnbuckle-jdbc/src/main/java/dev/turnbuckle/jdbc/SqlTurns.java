package dev.turnbuckle.jdbc;

import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.TurnSummary;
import dev.turnbuckle.store.TurnRow;
import dev.turnbuckle.store.plan.RowGroups;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The turn table. */
interface SqlTurns extends RowGroups.OfTurns {
    String COLUMNS = """
            session, id, agent, base_revision, user_text, state, gate, gate_by, gate_reason, attempts,
            opened, driven, not_before, ended, last_error, intent, outcome, revision, record, checkpoint, dropped
            """;

    String FIND = "SELECT " + COLUMNS + " FROM turn WHERE session = ? AND id = ?";

    String INSERT = "INSERT INTO turn (" + COLUMNS + """
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    /** What opened it never changes. */
    String UPDATE = """
            UPDATE turn SET state = ?, gate = ?, gate_by = ?, gate_reason = ?, attempts = ?,
                opened = ?, driven = ?, not_before = ?, ended = ?, last_error = ?,
                intent = ?, outcome = ?, revision = ?, record = ?, checkpoint = ?, dropped = ?
            WHERE session = ? AND id = ?
            """;

    /** The inner statement reads only the index; the outer one the page's rows. */
    String NEWEST = "SELECT " + COLUMNS + """
            FROM turn WHERE ordinal IN (
                SELECT ordinal FROM turn
                WHERE session = ? AND ordinal > 0
                  AND ordinal < COALESCE((SELECT ordinal FROM turn WHERE session = ? AND id = ?), 9223372036854775807)
                ORDER BY ordinal DESC LIMIT ?)
            ORDER BY ordinal DESC
            """;

    Statements sql();

    @Override
    default @Nullable TurnRow turn(String session, TurnId id) {
        return sql().call(FIND).text(session).text(id.value()).first(SqlTurns::row);
    }

    static TurnRow row(Line in) {
        return row(in.text(), in);
    }

    /** Of an outer join that may have found none. */
    static @Nullable TurnRow rowOrNull(Line in) {
        String session = in.textOrNull();
        return session == null ? null : row(session, in);
    }

    private static TurnRow row(String session, Line in) {
        return new TurnRow(
                session,
                new TurnId(in.text()),
                in.text(),
                in.number(),
                in.text(),
                in.name(TurnSummary.State.class),
                new TurnRow.Gate(in.name(TurnRow.Gate.State.class), in.textOrNull(), in.textOrNull()),
                in.small(),
                new TurnRow.Times(in.time(), Micros.duration(in.number()), in.timeOrNull(), in.timeOrNull()),
                in.textOrNull(),
                ending(in));
    }

    private static TurnRow.@Nullable Ending ending(Line in) {
        String intent = in.textOrNull();
        return intent == null
                ? null
                : new TurnRow.Ending(
                        intent,
                        Json.read(in.text(), TurnOutcome.class),
                        in.number(),
                        in.text(),
                        in.textOrNull(),
                        dropped(in.textOrNull()));
    }

    private static List<String> dropped(@Nullable String json) {
        return json == null ? List.of() : Json.readList(json, String.class);
    }

    @Override
    default void insertTurn(TurnRow row) {
        inserted(sql().call(INSERT), row).updateOne();
    }

    static Call inserted(Call call, TurnRow row) {
        call.text(row.session())
                .text(row.id().value())
                .text(row.agent())
                .number(row.baseRevision())
                .text(row.userText());
        return changing(call, row);
    }

    @Override
    default void updateTurn(TurnRow row) {
        updated(sql().call(UPDATE), row).updateOne();
    }

    static Call updated(Call call, TurnRow row) {
        return changing(call, row).text(row.session()).text(row.id().value());
    }

    private static Call changing(Call call, TurnRow row) {
        var times = row.times();
        var ending = row.ending();
        return call.text(row.state().name())
                .text(row.gate().state().name())
                .text(row.gate().by())
                .text(row.gate().reason())
                .number(row.attempts())
                .time(times.openedAt())
                .number(Micros.of(times.driven()))
                .timeOrNull(times.notBefore())
                .timeOrNull(times.endedAt())
                .text(row.lastError())
                .text(ending == null ? null : ending.intent())
                .text(ending == null ? null : Json.write(ending.outcome()))
                .numberOrNull(ending == null ? null : Long.valueOf(ending.revision()))
                .text(ending == null ? null : ending.record())
                .text(ending == null ? null : ending.checkpoint())
                .text(ending == null || ending.dropped().isEmpty() ? null : Json.write(ending.dropped()));
    }

    @Override
    default List<TurnRow> turns(String session, @Nullable String after, int most) {
        return sql().call(NEWEST)
                .text(session)
                .text(session)
                .text(Objects.requireNonNullElse(after, ""))
                .number(most)
                .all(SqlTurns::row);
    }
}
