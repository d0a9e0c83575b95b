package dev.turnbuckle.jdbc;

import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.WaitRow;
import dev.turnbuckle.store.plan.RowGroups;
import dev.turnbuckle.tool.EffectClass;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Journal and waits. */
interface SqlJournal extends RowGroups.OfJournal {
    String ENTRY_COLUMNS = "effect, kind, effect_class, request_hash, request, outcome, attempts, started, ended";

    /** A row with an outcome stays as it is. */
    String RECORD = "INSERT INTO journal (session, turn, " + ENTRY_COLUMNS + """
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (session, turn, effect) DO UPDATE SET kind = excluded.kind,
                effect_class = excluded.effect_class, request_hash = excluded.request_hash, request = excluded.request,
                outcome = excluded.outcome, attempts = excluded.attempts, started = excluded.started,
                ended = excluded.ended
            WHERE journal.outcome IS NULL AND excluded.outcome IS NOT NULL
            """;

    String FIND = "SELECT " + ENTRY_COLUMNS + " FROM journal WHERE session = ? AND turn = ? AND effect = ?";
    String OF_TURN = "SELECT " + ENTRY_COLUMNS + " FROM journal WHERE session = ? AND turn = ? ORDER BY effect";
    String DELETE = "DELETE FROM journal WHERE session = ? AND turn = ?";

    String WAIT_COLUMNS = """
            id, session, turn, kind, question, details, since, deadline, escalates, escalates_to, escalated,
            effect, decision
            """;

    String INSERT_WAIT = "INSERT INTO wait (" + WAIT_COLUMNS + """
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    String FIND_WAIT = "SELECT " + WAIT_COLUMNS + " FROM wait WHERE id = ?";
    String WAITS_OF_TURN = "SELECT " + WAIT_COLUMNS + " FROM wait WHERE session = ? AND turn = ? ORDER BY id";
    String OPEN_WAITS = "SELECT " + WAIT_COLUMNS + " FROM wait WHERE decision IS NULL ORDER BY since, id LIMIT ?";
    String OPEN_WAITS_OF_SESSION =
            "SELECT " + WAIT_COLUMNS + " FROM wait WHERE session = ? AND decision IS NULL ORDER BY since, id LIMIT ?";
    String ESCALATE = "UPDATE wait SET escalated = 1 WHERE id = ?";
    String DECIDE = "UPDATE wait SET decision = ? WHERE id = ? AND decision IS NULL";

    Statements sql();

    static JournalEntry entry(Line in) {
        return new JournalEntry(
                in.text(),
                in.text(),
                in.name(EffectClass.class),
                in.text(),
                in.text(),
                in.textOrNull(),
                in.small(),
                in.time(),
                in.timeOrNull());
    }

    @Override
    default boolean recordJournal(String session, TurnId turn, JournalEntry entry) {
        int changed = sql().call(RECORD)
                .text(session)
                .text(turn.value())
                .text(entry.key())
                .text(entry.kind())
                .text(entry.effectClass().name())
                .text(entry.requestHash())
                .text(entry.request())
                .text(entry.outcome())
                .number(entry.attempts())
                .time(entry.startedAt())
                .timeOrNull(entry.endedAt())
                .update();
        return changed == 1;
    }

    @Override
    default @Nullable JournalEntry journalEntry(String session, TurnId turn, String key) {
        return sql().call(FIND).text(session).text(turn.value()).text(key).first(SqlJournal::entry);
    }

    @Override
    default List<JournalEntry> journal(String session, TurnId turn) {
        return sql().call(OF_TURN).text(session).text(turn.value()).all(SqlJournal::entry);
    }

    @Override
    default void deleteJournal(String session, TurnId turn) {
        sql().call(DELETE).text(session).text(turn.value()).update();
    }

    static WaitRow wait(Line in) {
        var open = new OpenWait(
                new WaitId(in.text()),
                in.text(),
                new TurnId(in.text()),
                in.name(OpenWait.Kind.class),
                in.text(),
                in.text(),
                in.time(),
                in.timeOrNull(),
                escalation(in));
        String key = in.text();
        String decision = in.textOrNull();
        return new WaitRow(open, key, decision == null ? null : Json.read(decision, Decision.class));
    }

    private static OpenWait.@Nullable Escalation escalation(Line in) {
        Instant at = in.timeOrNull();
        String to = in.textOrNull();
        boolean done = in.number() != 0;
        return at == null || to == null ? null : new OpenWait.Escalation(at, to, done);
    }

    @Override
    default void insertWait(WaitRow row) {
        inserted(sql().call(INSERT_WAIT), row).updateOne();
    }

    static Call inserted(Call call, WaitRow row) {
        var open = row.open();
        var escalation = open.escalation();
        return call.text(open.id().value())
                .text(open.session())
                .text(open.turn().value())
                .text(open.kind().name())
                .text(open.question())
                .text(open.details())
                .time(open.since())
                .timeOrNull(open.deadline())
                .timeOrNull(escalation == null ? null : escalation.at())
                .text(escalation == null ? null : escalation.to())
                .number(escalation == null || !escalation.done() ? 0 : 1)
                .text(row.key())
                .text(row.decision() == null ? null : Json.write(row.decision()));
    }

    @Override
    default @Nullable WaitRow wait(WaitId id) {
        return sql().call(FIND_WAIT).text(id.value()).first(SqlJournal::wait);
    }

    @Override
    default List<WaitRow> waits(String session, TurnId turn) {
        return sql().call(WAITS_OF_TURN).text(session).text(turn.value()).all(SqlJournal::wait);
    }

    @Override
    default List<OpenWait> openWaits(@Nullable String session, int most) {
        Call call = session == null
                ? sql().call(OPEN_WAITS)
                : sql().call(OPEN_WAITS_OF_SESSION).text(session);
        return call.number(most).all(in -> wait(in).open());
    }

    @Override
    default void escalateWait(WaitId id) {
        sql().call(ESCALATE).text(id.value()).updateOne();
    }

    @Override
    default void decideWait(WaitId id, Decision decision) {
        sql().call(DECIDE).text(Json.write(decision)).text(id.value()).updateOne();
    }
}
