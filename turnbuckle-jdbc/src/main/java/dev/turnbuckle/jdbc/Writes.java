package dev.turnbuckle.jdbc;

import dev.turnbuckle.jdbc.Outgoing.Count;
import dev.turnbuckle.jdbc.Outgoing.Kind;
import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.SessionSummary.Metadata;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.TurnRow;
import dev.turnbuckle.store.UsageRow;
import dev.turnbuckle.store.WaitRow;
import dev.turnbuckle.store.plan.Ahead;
import dev.turnbuckle.store.plan.RowGroups.OfBlobs.StoredBlob;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Every write of a transaction on PostgreSQL: many rows travel as one array for each column. */
final class Writes {
    private Writes() {}

    record Shared(String session, String share) {}

    record Described(String session, Metadata metadata) {}

    record Buried(String session, Instant at) {}

    record Grown(long id, String session, long parentBranch, long parentDepth, long nextDepth) {}

    record Written(long branch, long depth, TurnId turn, String message, String chain) {}

    record Compacted(long branch, long depth, long keepsFrom) {}

    record Used(String session, UsageRow row) {}

    record Accepted(long sequence, InboxItem item, String contentHash) {}

    record Settled(long sequence, InboxItem.Status status) {}

    record Recorded(Ahead.Turn turn, JournalEntry entry) {}

    record Decided(WaitId id, Decision decision) {}

    /** @param stored what the row must still be */
    record Passed(Lease stored, Lease lease) {}

    static final Kind<SessionRow> SESSION = Kind.many("session", """
            INSERT INTO session (id, agent, revision, branch, depth, chain, checkpoint, open_turn,
                first_user_text, user_messages, title, parent, cause, directory, model, labels,
                created, updated, due, deleted)
            SELECT u.*, 0 FROM unnest(?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[], ?::text[],
                ?::text[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
                ?::bigint[], ?::bigint[], ?::bigint[]) AS u
            ON CONFLICT DO NOTHING
            """, Count.ALL_OR_CONTENDED, Writes::sessions);

    static final Kind<SessionRow> HEAD =
            Kind.one("session", SqlSessions.UPDATE_HEAD, Count.ALL, (call, row) -> SqlSessions.head(call, row));

    static final Kind<Described> METADATA = Kind.one(
            "session",
            SqlSessions.UPDATE_METADATA,
            Count.ALL,
            (call, row) -> SqlSessions.metadata(call, row.metadata()).text(row.session()));

    static final Kind<SessionRow> WORK = Kind.many(
            "session",
            """
            UPDATE session AS s SET open_turn = u.open_turn, due = u.due
            FROM unnest(?::text[], ?::text[], ?::bigint[]) AS u(id, open_turn, due)
            WHERE s.id = u.id AND s.deleted = 0
            """,
            Count.ALL,
            (call, rows) -> call.texts(all(rows, SessionRow::id))
                    .texts(all(rows, r -> SqlSessions.id(r.openTurn())))
                    .numbers(all(rows, r -> micros(r.due()))));

    static final Kind<Shared> SHARE = Kind.one(
            "session",
            SqlSessions.UPDATE_SHARE,
            Count.ANY,
            (call, row) -> call.text(row.share()).text(row.session()).text(row.share()));

    static final Kind<Shared> FIRST_SHARE = Kind.one(
            "session",
            SqlSessions.FIRST_SHARE,
            Count.ANY,
            (call, row) -> call.text(row.share()).text(row.session()));

    static final Kind<Buried> BURY = Kind.one(
            "session",
            SqlSessions.BURY,
            Count.ALL,
            (call, row) ->
                    call.text(SessionRow.Head.EMPTY.chain()).time(row.at()).text(row.session()));

    static final Kind<String> BURY_LEASE = Kind.found("lease", SqlSessions.BURY_LEASE, (call, id) -> call.text(id));
    static final Kind<String> BURY_INBOX = Kind.found("inbox", SqlSessions.BURY_INBOX, (call, id) -> call.text(id));
    static final Kind<String> BURY_WAITS = Kind.found("wait", SqlSessions.BURY_WAITS, (call, id) -> call.text(id));

    static final Kind<Grown> BRANCH = Kind.one(
            "branch",
            """
            INSERT INTO branch (id, session, parent_branch, parent_depth, next_depth) VALUES (?, ?, ?, ?, ?)
            """,
            Count.ALL,
            (call, row) -> call.number(row.id())
                    .text(row.session())
                    .number(row.parentBranch())
                    .number(row.parentDepth())
                    .number(row.nextDepth()));

    static final Kind<Written> ENTRIES = Kind.many(
            "entry",
            """
            INSERT INTO entry (id, turn, message, chain)
            SELECT * FROM unnest(?::bigint[], ?::text[], ?::text[], ?::text[]) AS u
            ON CONFLICT DO NOTHING
            """,
            Count.ALL,
            (call, rows) -> call.numbers(all(rows, r -> Place.of(r.branch(), r.depth())))
                    .texts(all(rows, r -> r.turn().value()))
                    .texts(all(rows, Written::message))
                    .texts(all(rows, Written::chain)));

    static final Kind<Compacted> COMPACTION = Kind.one(
            "compaction",
            SqlHistory.INSERT_COMPACTION,
            Count.ALL,
            (call, row) -> call.number(row.branch()).number(row.depth()).number(row.keepsFrom()));

    /** A row that is there stays as it is (S32). */
    static final Kind<Used> USAGE = Kind.many("token_usage", """
            INSERT INTO token_usage (session, turn, ordinal, source, model,
                input, cache_read, cache_write, output, reasoning)
            SELECT * FROM unnest(?::text[], ?::text[], ?::bigint[], ?::text[], ?::text[],
                ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[]) AS u
            ON CONFLICT DO NOTHING
            """, Count.ANY, Writes::used);

    static final Kind<TurnRow> TURN =
            Kind.one("turn", SqlTurns.INSERT, Count.ALL, (call, row) -> SqlTurns.inserted(call, row));
    static final Kind<TurnRow> TURN_UPDATE =
            Kind.one("turn", SqlTurns.UPDATE, Count.ALL, (call, row) -> SqlTurns.updated(call, row));

    static final Kind<Accepted> INBOX = Kind.many("inbox", """
            INSERT INTO inbox (sequence, session, turn, kind, delivery, content, content_hash, idem_key, context, trace,
                available, accepted, state, claimed_by, generation, point, attempts, error, finished)
            SELECT u.*, 0 FROM unnest(?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
                ?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::bigint[],
                ?::bigint[], ?::bigint[], ?::text[]) AS u
            """, Count.ALL, Writes::accepted);

    static final Kind<Settled> INBOX_UPDATE = Kind.many(
            "inbox",
            """
            UPDATE inbox AS i SET state = u.state, claimed_by = u.claimed_by, generation = u.generation,
                point = u.point, attempts = u.attempts, error = u.error, finished = u.finished
            FROM unnest(?::bigint[], ?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[], ?::bigint[])
                AS u(sequence, state, claimed_by, generation, point, attempts, error, finished)
            WHERE i.sequence = u.sequence
            """,
            Count.ALL,
            (call, rows) -> statuses(
                            call.numbers(all(rows, Settled::sequence)),
                            rows.stream().map(Settled::status).toList())
                    .numbers(all(
                            rows, r -> SqlInbox.OPEN_STATES.contains(r.status().state()) ? 0L : 1L)));

    static final Kind<Recorded> JOURNAL = Kind.many("journal", """
            INSERT INTO journal (session, turn, effect, kind, effect_class, request_hash, request, outcome,
                attempts, started, ended)
            SELECT * FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
                ?::bigint[], ?::bigint[], ?::bigint[]) AS u
            ON CONFLICT (session, turn, effect) DO UPDATE SET kind = excluded.kind,
                effect_class = excluded.effect_class, request_hash = excluded.request_hash, request = excluded.request,
                outcome = excluded.outcome, attempts = excluded.attempts, started = excluded.started,
                ended = excluded.ended
            WHERE journal.outcome IS NULL AND excluded.outcome IS NOT NULL
            """, Count.ALL, Writes::recorded);

    static final Kind<Ahead.Turn> JOURNAL_END = Kind.found(
            "journal",
            SqlJournal.DELETE,
            (call, turn) -> call.text(turn.session()).text(turn.id().value()));

    static final Kind<WaitRow> WAIT =
            Kind.one("wait", SqlJournal.INSERT_WAIT, Count.ALL, (call, row) -> SqlJournal.inserted(call, row));
    static final Kind<WaitId> ESCALATION =
            Kind.one("wait", SqlJournal.ESCALATE, Count.ALL, (call, id) -> call.text(id.value()));
    static final Kind<Decided> DECISION = Kind.one(
            "wait",
            SqlJournal.DECIDE,
            Count.ALL,
            (call, row) -> call.text(dev.turnbuckle.internal.codec.Json.write(row.decision()))
                    .text(row.id().value()));

    static final Kind<Lease> LEASE =
            Kind.many("lease", "INSERT INTO lease (" + SqlLeases.COLUMNS + """
            ) SELECT * FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
                ?::bigint[], ?::bigint[], ?::bigint[]) AS u
            ON CONFLICT DO NOTHING
            """, Count.ALL_OR_CONTENDED, Writes::leases);

    /** Only over the row that was read: a lease's generation never rises twice from one (L3). */
    static final Kind<Passed> LEASE_UPDATE = Kind.many(
            "lease",
            """
            UPDATE lease AS l SET worker = u.worker, incarnation = u.incarnation, token = u.token,
                generation = u.generation, acquired = u.acquired, expires = u.expires
            FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[],
                    ?::text[], ?::bigint[])
                AS u(kind, id, worker, incarnation, token, generation, acquired, expires, old_token, old_generation)
            WHERE l.kind = u.kind AND l.id = u.id AND l.token = u.old_token AND l.generation = u.old_generation
            """,
            Count.ALL_OR_CONTENDED,
            (call, rows) -> leases(call, rows.stream().map(Passed::lease).toList())
                    .texts(all(rows, r -> r.stored().holder().token()))
                    .numbers(all(rows, r -> r.stored().generation())));

    /** Bytes that are there stay (S22). */
    static final Kind<StoredBlob> BLOBS = Kind.many(
            "blob",
            """
            INSERT INTO blob (hash, codec, size, bytes)
            SELECT * FROM unnest(?::text[], ?::text[], ?::bigint[], ?::bytea[]) AS u
            ON CONFLICT DO NOTHING
            """,
            Count.ANY,
            (call, rows) -> call.texts(all(rows, StoredBlob::hash))
                    .texts(all(rows, StoredBlob::codec))
                    .numbers(all(rows, StoredBlob::size))
                    .manyBytes(rows.stream().map(StoredBlob::bytes).toList()));

    private static <R, V> List<@Nullable V> all(Collection<R> rows, Function<R, @Nullable V> column) {
        return rows.stream().<@Nullable V>map(column).toList();
    }

    private static @Nullable Long micros(@Nullable Instant time) {
        return time == null ? null : Long.valueOf(Micros.of(time));
    }

    private static void sessions(Call call, List<SessionRow> rows) {
        call.texts(all(rows, SessionRow::id))
                .texts(all(rows, SessionRow::agent))
                .numbers(all(rows, r -> r.head().revision()))
                .numbers(all(rows, r -> r.head().branch()))
                .numbers(all(rows, r -> r.head().depth()))
                .texts(all(rows, r -> r.head().chain()))
                .texts(all(rows, r -> r.head().checkpoint()))
                .texts(all(rows, r -> SqlSessions.id(r.openTurn())))
                .texts(all(rows, r -> r.facts().firstUserText()))
                .numbers(all(rows, r -> r.facts().userMessages()))
                .texts(all(rows, r -> r.metadata().title()))
                .texts(all(rows, r -> r.metadata().parent()))
                .texts(all(rows, r -> r.metadata().cause()))
                .texts(all(rows, r -> r.metadata().directory()))
                .texts(all(rows, r -> r.metadata().model()))
                .texts(all(rows, r -> Texts.write(r.metadata().labels())))
                .numbers(all(rows, r -> micros(r.createdAt())))
                .numbers(all(rows, r -> micros(r.updatedAt())))
                .numbers(all(rows, r -> micros(r.due())));
    }

    private static void used(Call call, List<Used> rows) {
        call.texts(all(rows, Used::session))
                .texts(all(rows, r -> r.row().turn().value()))
                .numbers(all(rows, r -> (long) r.row().ordinal()))
                .texts(all(rows, r -> r.row().source()))
                .texts(all(rows, r -> r.row().model()))
                .numbers(all(rows, r -> r.row().usage().input()))
                .numbers(all(rows, r -> r.row().usage().cacheRead()))
                .numbers(all(rows, r -> r.row().usage().cacheWrite()))
                .numbers(all(rows, r -> r.row().usage().output()))
                .numbers(all(rows, r -> r.row().usage().reasoning()));
    }

    private static void accepted(Call call, List<Accepted> rows) {
        call.numbers(all(rows, Accepted::sequence))
                .texts(all(rows, r -> r.item().session()))
                .texts(all(rows, r -> r.item().turn().value()))
                .texts(all(rows, r -> r.item().kind().name()))
                .texts(all(rows, r -> r.item().delivery().name()))
                .texts(all(rows, r -> r.item().content()))
                .texts(all(rows, Accepted::contentHash))
                .texts(all(rows, r -> r.item().key()))
                .texts(all(rows, r -> Texts.write(r.item().context())))
                .texts(all(rows, r -> r.item().trace()))
                .numbers(all(rows, r -> micros(r.item().availableAt())))
                .numbers(all(rows, r -> micros(r.item().acceptedAt())));
        statuses(call, rows.stream().map(r -> r.item().status()).toList());
    }

    private static Call statuses(Call call, List<InboxItem.Status> rows) {
        return call.texts(all(rows, s -> s.state().name()))
                .texts(all(rows, s -> SqlSessions.id(s.turn())))
                .numbers(all(rows, InboxItem.Status::generation))
                .numbers(all(rows, s -> (long) s.point()))
                .numbers(all(rows, s -> (long) s.attempts()))
                .texts(all(rows, InboxItem.Status::error));
    }

    private static void recorded(Call call, List<Recorded> rows) {
        call.texts(all(rows, r -> r.turn().session()))
                .texts(all(rows, r -> r.turn().id().value()))
                .texts(all(rows, r -> r.entry().key()))
                .texts(all(rows, r -> r.entry().kind()))
                .texts(all(rows, r -> r.entry().effectClass().name()))
                .texts(all(rows, r -> r.entry().requestHash()))
                .texts(all(rows, r -> r.entry().request()))
                .texts(all(rows, r -> r.entry().outcome()))
                .numbers(all(rows, r -> (long) r.entry().attempts()))
                .numbers(all(rows, r -> micros(r.entry().startedAt())))
                .numbers(all(rows, r -> micros(r.entry().endedAt())));
    }

    private static Call leases(Call call, List<Lease> rows) {
        return call.texts(all(rows, l -> l.scope().kind()))
                .texts(all(rows, l -> l.scope().id()))
                .texts(all(rows, l -> l.holder().worker()))
                .texts(all(rows, l -> l.holder().incarnation()))
                .texts(all(rows, l -> l.holder().token()))
                .numbers(all(rows, Lease::generation))
                .numbers(all(rows, l -> micros(l.acquiredAt())))
                .numbers(all(rows, l -> micros(l.expiresAt())));
    }
}
