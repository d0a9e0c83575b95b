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
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Every write of a transaction on PostgreSQL: many rows travel as one array for each column, a few as {@link FewRows}. */
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
            WHERE s.id = u.id AND s.deleted < 1
            """,
            Count.ALL,
            (call, rows) -> call.texts(rows, SessionRow::id)
                    .texts(rows, r -> SqlSessions.id(r.openTurn()))
                    .numbers(rows, r -> micros(r.due())));

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
            """,
            Count.ALL,
            (call, rows) -> call.numbers(rows, r -> Place.of(r.branch(), r.depth()))
                    .texts(rows, r -> r.turn().value())
                    .texts(rows, Written::message)
                    .texts(rows, Written::chain));

    static final Kind<Compacted> COMPACTION = Kind.one(
            "compaction",
            SqlHistory.INSERT_COMPACTION,
            Count.ALL,
            (call, row) -> call.number(row.branch()).number(row.depth()).number(row.keepsFrom()));

    /** Of the turn that is committed, which is done once: no row of it is there (S32). */
    static final Kind<Used> USAGE = Kind.many("token_usage", """
            INSERT INTO token_usage (session, turn, ordinal, source, model,
                input, cache_read, cache_write, output, reasoning)
            SELECT * FROM unnest(?::text[], ?::text[], ?::bigint[], ?::text[], ?::text[],
                ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[]) AS u
            """, Count.ALL, Writes::used);

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
            (call, rows) -> statuses(call.numbers(rows, Settled::sequence), rows, Settled::status)
                    .numbers(rows, r -> SqlInbox.OPEN_STATES.contains(r.status().state()) ? 0L : 1L));

    static final Kind<Recorded> JOURNAL = Kind.many("journal", """
            INSERT INTO journal (session, turn, effect, kind, effect_class, request_hash, request, outcome,
                attempts, started, ended)
            SELECT * FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
                ?::bigint[], ?::bigint[], ?::bigint[]) AS u
            """, Count.ALL, Writes::recorded);

    /** Of an effect that is only started. */
    static final Kind<Recorded> OUTCOME = Kind.many("journal", """
            UPDATE journal AS j SET kind = u.kind, effect_class = u.effect_class, request_hash = u.request_hash,
                request = u.request, outcome = u.outcome, attempts = u.attempts, started = u.started, ended = u.ended
            FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
                    ?::bigint[], ?::bigint[], ?::bigint[])
                AS u(session, turn, effect, kind, effect_class, request_hash, request, outcome, attempts, started, ended)
            WHERE j.session = u.session AND j.turn = u.turn AND j.effect = u.effect AND j.outcome IS NULL
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

    private static final String INSERT_LEASES = "INSERT INTO lease (" + SqlLeases.COLUMNS + """
            ) SELECT * FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
                ?::bigint[], ?::bigint[], ?::bigint[]) AS u
            """;

    static final Kind<Lease> LEASE = Kind.many(
            "lease",
            INSERT_LEASES + "ON CONFLICT DO NOTHING",
            Count.ALL_OR_CONTENDED,
            (call, rows) -> leases(call, rows, Function.identity()));

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
            (call, rows) -> leases(call, rows, Passed::lease)
                    .texts(rows, r -> r.stored().holder().token())
                    .numbers(rows, r -> r.stored().generation()));

    /** The lease of a session whose row is locked: nobody else makes it, or changes it. */
    static final Kind<Lease> LOCKED_LEASE = Kind.many("lease", INSERT_LEASES, Count.ALL, LEASE.bind());

    static final Kind<Passed> LOCKED_LEASE_UPDATE =
            Kind.many("lease", LEASE_UPDATE.sql(), Count.ALL, LEASE_UPDATE.bind());

    /** Bytes that are there stay (S22). */
    static final Kind<StoredBlob> BLOBS = Kind.many(
            "blob",
            """
            INSERT INTO blob (hash, codec, size, bytes)
            SELECT * FROM unnest(?::text[], ?::text[], ?::bigint[], ?::bytea[]) AS u
            ON CONFLICT DO NOTHING
            """,
            Count.ANY,
            (call, rows) -> call.texts(rows, StoredBlob::hash)
                    .texts(rows, StoredBlob::codec)
                    .numbers(rows, StoredBlob::size)
                    .bytes(rows, StoredBlob::bytes));

    private static @Nullable Long micros(@Nullable Instant time) {
        return time == null ? null : Long.valueOf(Micros.of(time));
    }

    private static void sessions(Call call, List<SessionRow> rows) {
        call.texts(rows, SessionRow::id)
                .texts(rows, SessionRow::agent)
                .numbers(rows, r -> r.head().revision())
                .numbers(rows, r -> r.head().branch())
                .numbers(rows, r -> r.head().depth())
                .texts(rows, r -> r.head().chain())
                .texts(rows, r -> r.head().checkpoint())
                .texts(rows, r -> SqlSessions.id(r.openTurn()))
                .texts(rows, r -> r.facts().firstUserText())
                .numbers(rows, r -> r.facts().userMessages())
                .texts(rows, r -> r.metadata().title())
                .texts(rows, r -> r.metadata().parent())
                .texts(rows, r -> r.metadata().cause())
                .texts(rows, r -> r.metadata().directory())
                .texts(rows, r -> r.metadata().model())
                .texts(rows, r -> Texts.write(r.metadata().labels()))
                .numbers(rows, r -> micros(r.createdAt()))
                .numbers(rows, r -> micros(r.updatedAt()))
                .numbers(rows, r -> micros(r.due()));
    }

    private static void used(Call call, List<Used> rows) {
        call.texts(rows, Used::session)
                .texts(rows, r -> r.row().turn().value())
                .numbers(rows, r -> (long) r.row().ordinal())
                .texts(rows, r -> r.row().source())
                .texts(rows, r -> r.row().model())
                .numbers(rows, r -> r.row().usage().input())
                .numbers(rows, r -> r.row().usage().cacheRead())
                .numbers(rows, r -> r.row().usage().cacheWrite())
                .numbers(rows, r -> r.row().usage().output())
                .numbers(rows, r -> r.row().usage().reasoning());
    }

    private static void accepted(Call call, List<Accepted> rows) {
        call.numbers(rows, Accepted::sequence)
                .texts(rows, r -> r.item().session())
                .texts(rows, r -> r.item().turn().value())
                .texts(rows, r -> r.item().kind().name())
                .texts(rows, r -> r.item().delivery().name())
                .texts(rows, r -> r.item().content())
                .texts(rows, Accepted::contentHash)
                .texts(rows, r -> r.item().key())
                .texts(rows, r -> Texts.write(r.item().context()))
                .texts(rows, r -> r.item().trace())
                .numbers(rows, r -> micros(r.item().availableAt()))
                .numbers(rows, r -> micros(r.item().acceptedAt()));
        statuses(call, rows, r -> r.item().status());
    }

    private static <R> Call statuses(Call call, List<R> rows, Function<R, InboxItem.Status> of) {
        return call.texts(rows, r -> of.apply(r).state().name())
                .texts(rows, r -> SqlSessions.id(of.apply(r).turn()))
                .numbers(rows, r -> of.apply(r).generation())
                .numbers(rows, r -> (long) of.apply(r).point())
                .numbers(rows, r -> (long) of.apply(r).attempts())
                .texts(rows, r -> of.apply(r).error());
    }

    private static void recorded(Call call, List<Recorded> rows) {
        call.texts(rows, r -> r.turn().session())
                .texts(rows, r -> r.turn().id().value())
                .texts(rows, r -> r.entry().key())
                .texts(rows, r -> r.entry().kind())
                .texts(rows, r -> r.entry().effectClass().name())
                .texts(rows, r -> r.entry().requestHash())
                .texts(rows, r -> r.entry().request())
                .texts(rows, r -> r.entry().outcome())
                .numbers(rows, r -> (long) r.entry().attempts())
                .numbers(rows, r -> micros(r.entry().startedAt()))
                .numbers(rows, r -> micros(r.entry().endedAt()));
    }

    private static <R> Call leases(Call call, List<R> rows, Function<R, Lease> of) {
        return call.texts(rows, r -> of.apply(r).scope().kind())
                .texts(rows, r -> of.apply(r).scope().id())
                .texts(rows, r -> of.apply(r).holder().worker())
                .texts(rows, r -> of.apply(r).holder().incarnation())
                .texts(rows, r -> of.apply(r).holder().token())
                .numbers(rows, r -> of.apply(r).generation())
                .numbers(rows, r -> micros(of.apply(r).acquiredAt()))
                .numbers(rows, r -> micros(of.apply(r).expiresAt()));
    }
}
