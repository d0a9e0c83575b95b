package dev.turnbuckle.jdbc;

import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Scope;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.TurnRow;
import dev.turnbuckle.store.WaitRow;
import dev.turnbuckle.store.plan.Ahead;
import dev.turnbuckle.store.plan.Ahead.Part;
import dev.turnbuckle.store.plan.ClaimPlan;
import dev.turnbuckle.store.plan.RowGroups.OfHistory.Branch;
import dev.turnbuckle.store.plan.RowGroups.OfJournal.AtOnce;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns what a work announces into statements that lock and read it, in one round trip.
 *
 * <p>The lock is a statement of its own and the first: under READ COMMITTED each statement sees what was committed when
 * it began, so everything that stands behind the lock sees what its last holder left. Joined with the lock in one
 * statement, the other tables would be read as they were before the wait.
 */
final class Fetch {
    private static final String OF_SESSIONS = " FROM session s WHERE s.id = ANY (?) ORDER BY s.id";
    static final String SESSIONS = "SELECT " + SqlSessions.COLUMNS + OF_SESSIONS;
    static final String LOCKED = SESSIONS + " FOR NO KEY UPDATE";
    static final String LOCK = "SELECT s.id" + OF_SESSIONS + " FOR NO KEY UPDATE";
    static final String LEASES = "SELECT " + SqlLeases.COLUMNS + " FROM lease WHERE kind = 'session' AND id = ANY (?)";
    /** Most transactions that write begin with the clock, one session's lease, and a turn of it: they come in one row. */
    static final String JUDGED_LEASE = PostgresDialect.SCHEMA_AND_CLOCK + ", " + of("l", SqlLeases.COLUMNS)
            + " FROM (SELECT 1) AS one LEFT JOIN lease AS l ON l.kind = 'session' AND l.id = ?";

    private static final String STEERS = "SELECT 1 FROM inbox AS i WHERE i.session = ?"
            + " AND i.finished = 0 AND i.state = 'PENDING' AND i.delivery = 'STEER'";

    static final String JUDGED_TURN =
            PostgresDialect.SCHEMA_AND_CLOCK + ", (EXISTS (" + STEERS + "))::int, " + of("l", SqlLeases.COLUMNS) + ", "
                    + of("t", SqlTurns.COLUMNS)
                    + " FROM (SELECT 1) AS one LEFT JOIN lease AS l ON l.kind = 'session' AND l.id = ?"
                    + " LEFT JOIN turn AS t ON t.session = ? AND t.id = ?";

    /**
     * An error where the lease does not hold, the turn does not run or the schema is another one: the server then does
     * nothing of what follows in the message. The clock is in the error's text so that the planner cannot evaluate it.
     */
    static final String GUARD = "SELECT t.gate = 'CANCELLED', EXISTS ("
            + STEERS + " AND i.kind = 'USER' AND i.available <= {clock}),"
            + " CASE WHEN m.value = ? AND l.worker = ? AND l.incarnation = ? AND l.token = ? AND l.generation = ?"
            + " AND l.expires > {clock} AND t.state = 'RUNNING' THEN 0"
            + " ELSE ('turnbuckle: the lease was lost before ' || clock_timestamp())::int END"
            + " FROM (SELECT 1) AS one LEFT JOIN meta AS m ON m.name = 'schema'"
            + " LEFT JOIN lease AS l ON l.kind = 'session' AND l.id = ?"
            + " LEFT JOIN turn AS t ON t.session = ? AND t.id = ?";

    /** Locks a session; whether it is what its driver believes. A lock gives the row as it is behind the wait. */
    static final String LOCK_PREMISE = """
            SELECT s.deleted < 1 AND s.open_turn = ? AND s.revision = ? AND s.branch = ? AND s.depth = ? AND s.chain = ?
                AND s.checkpoint IS NOT DISTINCT FROM ?
                AND (s.title, s.parent, s.cause, s.directory, s.model) IS NOT DISTINCT FROM (?, ?, ?, ?, ?) AND s.labels = ?
            FROM session s WHERE s.id = ? FOR NO KEY UPDATE
            """;

    /** Whether the session's turn is what its driver believes, and what it cannot know: one row in any case. */
    static final String PREMISE = PostgresDialect.SCHEMA_AND_CLOCK + """
            , l.worker = ? AND l.incarnation = ? AND l.token = ? AND l.generation = ?
                AND t.state = 'RUNNING' AND t.gate = 'OPEN' AND t.attempts = ? AND i.claimed = ?,
                l.expires, i.steers, i.available, b.id, b.session, b.parent_branch, b.parent_depth, b.next_depth,
                (SELECT COALESCE(MAX(e.id), 0) FROM entry e
                 WHERE e.id BETWEEN (b.id << 32) AND ((b.id << 32) | 4294967295))
            FROM (SELECT COUNT(*) FILTER (WHERE state = 'CLAIMED' AND claimed_by = ?) AS claimed,
                    COALESCE(BOOL_OR(state = 'PENDING' AND delivery = 'STEER'), FALSE) AS steers,
                    MIN(available) FILTER (WHERE state = 'PENDING') AS available
                FROM inbox WHERE session = ? AND finished = 0) AS i
            LEFT JOIN lease AS l ON l.kind = 'session' AND l.id = ?
            LEFT JOIN turn AS t ON t.session = ? AND t.id = ?
            LEFT JOIN branch AS b ON b.id = ?
            """;

    private static final String NAMED =
            " JOIN unnest(?::text[], ?::text[]) AS k(of_session, of_turn) ON session = of_session AND ";
    private static final String OPEN = " JOIN (SELECT s.id AS of_session, s.open_turn AS of_turn FROM session s"
            + " WHERE s.id = ANY (?) AND s.open_turn IS NOT NULL) AS k ON session = of_session AND ";

    private static final String TURN = "SELECT " + SqlTurns.COLUMNS + " FROM turn";
    private static final String INPUTS = "SELECT " + SqlInbox.COLUMNS + " FROM inbox";
    private static final String CLAIM =
            "claimed_by = of_turn WHERE finished = 0 AND state = 'CLAIMED' ORDER BY sequence";
    private static final String ENTRY = "SELECT session, turn, " + SqlJournal.ENTRY_COLUMNS + " FROM journal";
    private static final String WAIT = "SELECT " + SqlJournal.WAIT_COLUMNS + " FROM wait";

    static final String NAMED_TURNS = TURN + NAMED + "id = of_turn";
    static final String OPEN_TURNS = TURN + OPEN + "id = of_turn";
    static final String NAMED_CLAIMED = INPUTS + NAMED + CLAIM;
    static final String NAMED_JOURNAL = ENTRY + NAMED + "turn = of_turn ORDER BY effect";
    static final String NAMED_WAITS = WAIT + NAMED + "turn = of_turn ORDER BY id";
    static final String OPEN_WAITS = WAIT + OPEN + "turn = of_turn ORDER BY id";
    /** The array is hidden from the planner: how many there are changes no plan, so one is kept. */
    static final String EFFECTS = ENTRY + NAMED + "turn = of_turn WHERE effect = ANY ((SELECT ?)::text[])";

    static final String WAITS_BY_ID = WAIT + " WHERE id = ANY (?)";
    static final String KEYS = "SELECT " + SqlInbox.COLUMNS + ", content_hash FROM inbox"
            + " JOIN unnest(?::text[], ?::text[]) AS k(of_session, of_key) ON session = of_session AND idem_key = of_key";
    static final String EARLIEST = """
            SELECT k.of_session,
                (SELECT available FROM inbox WHERE session = k.of_session AND finished = 0 AND state = 'PENDING'
                 ORDER BY available LIMIT 1)
            FROM unnest(?::text[]) AS k(of_session)
            """;
    static final String HEADS = """
            SELECT b.id, b.session, b.parent_branch, b.parent_depth, b.next_depth,
                (SELECT COALESCE(MAX(e.id), 0) FROM entry e
                 WHERE e.id BETWEEN (b.id << 32) AND ((b.id << 32) | 4294967295))
            FROM branch b JOIN session s ON s.branch = b.id WHERE s.id = ANY (?)
            """;
    /** With a number for the first branch of a session that has none, and the earliest time of what is pending. */
    static final String GROWING_HEADS = """
            SELECT s.id,
                (SELECT i.available FROM inbox i WHERE i.session = s.id AND i.finished = 0 AND i.state = 'PENDING'
                 ORDER BY i.available LIMIT 1),
                CASE WHEN s.branch = 0 THEN nextval('branch_id') END,
                b.id, b.session, b.parent_branch, b.parent_depth, b.next_depth,
                (SELECT COALESCE(MAX(e.id), 0) FROM entry e
                 WHERE e.id BETWEEN (b.id << 32) AND ((b.id << 32) | 4294967295))
            FROM session s LEFT JOIN branch b ON b.id = s.branch WHERE s.id = ANY (?)
            """;

    static final String BLOBS = "SELECT hash FROM blob WHERE hash = ANY (?)";
    static final String SEQUENCE = "SELECT nextval('inbox_sequence')";
    static final String SEQUENCES = "SELECT nextval('inbox_sequence') FROM generate_series(1::bigint, ?)";
    static final String JUDGED_SEQUENCE = PostgresDialect.SCHEMA_AND_CLOCK + ", nextval('inbox_sequence')";

    private final Fetched fetched;
    private final Ahead ahead;
    private final Batch batch;
    private final boolean writing;
    private @Nullable Function<Line, Instant> judge;
    private boolean turnIsRead;

    private Fetch(Fetched fetched, Ahead ahead, Batch batch, boolean writing, @Nullable Function<Line, Instant> judge) {
        this.fetched = fetched;
        this.ahead = ahead;
        this.batch = batch;
        this.writing = writing;
        this.judge = judge;
    }

    /**
     * @param writing takes the locks, and the numbers that new rows need
     * @param judge reads schema and clock, if this is where they are looked at: once in a transaction, behind its first
     *     locks
     */
    static void add(
            Batch batch, Ahead ahead, Fetched fetched, boolean writing, @Nullable Function<Line, Instant> judge) {
        var fetch = new Fetch(fetched, ahead, batch, writing, judge);
        if (ahead.premise() != null && judge != null) {
            fetch.premise(ahead.premise(), judge);
            return;
        }
        fetch.sessions();
        if (ahead.turns().isEmpty()) {
            fetch.open();
        } else {
            fetch.named();
        }
        fetch.others();
        fetch.clock();
    }

    /**
     * Locks the turn's session, and lets nothing follow unless the guard holds.
     *
     * @param schema as meta must have it
     */
    static void addGuard(Batch batch, Ahead.Turn turn, Lease lease, int schema, Consumer<AtOnce> each) {
        batch.read(LOCK, true, call -> call.texts(List.of(turn.session())), Line::text, id -> {});
        batch.read(
                GUARD,
                call -> call.text(turn.session())
                        .text(Integer.toString(schema))
                        .text(lease.holder().worker())
                        .text(lease.holder().incarnation())
                        .text(lease.holder().token())
                        .number(lease.generation())
                        .text(turn.session())
                        .text(turn.session())
                        .text(turn.id().value()),
                in -> new AtOnce(in.yes(), in.yes()),
                each);
    }

    private void premise(Ahead.Premise premise, Function<Line, Instant> judging) {
        var asBelieved = new AtomicBoolean();
        batch.read(LOCK_PREMISE, call -> believed(call, premise), Line::yes, asBelieved::set);
        batch.read(PREMISE, call -> driven(call, premise), in -> found(judging, in), row -> {
            fetched.now = row.now();
            if (asBelieved.get()) {
                found(premise, row);
            }
        });
        blobs();
    }

    private static void believed(Call call, Ahead.Premise premise) {
        SessionRow session = premise.session();
        var head = session.head();
        call.text(premise.turn().id().value())
                .number(head.revision())
                .number(head.branch())
                .number(head.depth())
                .text(head.chain())
                .text(head.checkpoint());
        SqlSessions.metadata(call, session.metadata()).text(session.id());
    }

    private static void driven(Call call, Ahead.Premise premise) {
        String session = premise.session().id();
        var holder = premise.lease().holder();
        String turn = premise.turn().id().value();
        call.text(holder.worker())
                .text(holder.incarnation())
                .text(holder.token())
                .number(premise.lease().generation())
                .number(premise.turn().attempts())
                .number(premise.inputs().size())
                .text(turn)
                .text(session)
                .text(session)
                .text(session)
                .text(turn)
                .number(premise.session().head().branch());
    }

    /**
     * @param expires when the lease does
     * @param earliest when the first pending input is available
     */
    private record Found(
            Instant now,
            boolean holds,
            @Nullable Instant expires,
            boolean steers,
            @Nullable Instant earliest,
            @Nullable Branch branch) {}

    private static Found found(Function<Line, Instant> judging, Line in) {
        return new Found(
                judging.apply(in), in.yes(), in.timeOrNull(), in.yes(), in.timeOrNull(), SqlHistory.branchOrNull(in));
    }

    private void found(Ahead.Premise premise, Found found) {
        if (!found.holds() || found.expires() == null || found.branch() == null) {
            return;
        }
        String session = premise.session().id();
        fetched.premise = true;
        fetched.locked.add(session);
        fetched.sessions.put(session, Optional.of(premise.session()));
        fetched.put(premise.lease().until(found.expires()));
        turn(premise.turn());
        fetched.claimed.put(of(premise.turn()), new ArrayList<>(premise.inputs()));
        fetched.earliest.put(session, Optional.ofNullable(found.earliest()));
        if (!found.steers()) {
            fetched.steerless.add(session);
        }
        fetched.branches.put(found.branch().id(), Optional.of(found.branch()));
    }

    /** Where no other statement has brought it. */
    private void clock() {
        if (judge != null) {
            batch.read(PostgresDialect.SCHEMA_AND_CLOCK, call -> {}, judge, now -> fetched.now = now);
        }
    }

    /** @return how to read schema and clock, which nobody else needs to do then */
    private @Nullable Function<Line, Instant> takeJudge() {
        Function<Line, Instant> taken = judge;
        judge = null;
        return taken;
    }

    private static <K, V> Consumer<V> into(Map<K, Optional<V>> map, Function<V, K> key) {
        return value -> map.put(key.apply(value), Optional.of(value));
    }

    private static <K, V> void absent(Collection<K> keys, Map<K, Optional<V>> map) {
        keys.forEach(k -> map.put(k, Optional.empty()));
    }

    private void sessionIds(Call call) {
        call.texts(ahead.sessions());
    }

    private boolean oneSession() {
        return ahead.sessions().size() == 1;
    }

    private boolean wants(Part part) {
        return ahead.parts().contains(part);
    }

    private void sessions() {
        if (ahead.sessions().isEmpty()) {
            return;
        }
        if (writing) {
            fetched.locked.addAll(ahead.sessions());
        }
        if (writing && wants(Part.LOCK_ONLY)) {
            batch.read(LOCK, oneSession(), this::sessionIds, Line::text, id -> {});
        } else {
            absent(ahead.sessions(), fetched.sessions);
            batch.read(
                    writing ? LOCKED : SESSIONS,
                    oneSession(),
                    this::sessionIds,
                    SqlSessions::row,
                    into(fetched.sessions, SessionRow::id));
        }
        if (wants(Part.LEASE)) {
            absent(ahead.sessions().stream().map(Scope::session).toList(), fetched.leases);
            absent(ahead.sessions().stream().map(Scope::session).toList(), fetched.storedLeases);
            leases();
        }
    }

    private static String of(String table, String columns) {
        return Arrays.stream(columns.split(","))
                .map(column -> table + "." + column.strip())
                .collect(Collectors.joining(", "));
    }

    private void leases() {
        Function<Line, Instant> judging = oneSession() ? takeJudge() : null;
        if (judging == null) {
            batch.read(LEASES, oneSession(), this::sessionIds, SqlLeases::row, fetched::put);
        } else if (ahead.turns().size() == 1) {
            turnIsRead = true;
            absent(ahead.turns(), fetched.turns);
            batch.read(JUDGED_TURN, true, this::leaseAndTurn, in -> judged(judging, in, true), this::judged);
        } else {
            batch.read(JUDGED_LEASE, true, this::sessionIds, in -> judged(judging, in, false), this::judged);
        }
    }

    private void leaseAndTurn(Call call) {
        Ahead.Turn turn = ahead.turns().iterator().next();
        call.texts(ahead.sessions())
                .texts(ahead.sessions())
                .text(turn.session())
                .text(turn.id().value());
    }

    private record Judged(
            Instant now,
            boolean steers,
            @Nullable Lease lease,
            @Nullable TurnRow turn) {}

    private static Judged judged(Function<Line, Instant> judging, Line in, boolean withTurn) {
        Instant now = judging.apply(in);
        boolean steers = !withTurn || in.number() > 0;
        return new Judged(now, steers, SqlLeases.rowOrNull(in), withTurn ? SqlTurns.rowOrNull(in) : null);
    }

    private void judged(Judged row) {
        if (!row.steers()) {
            fetched.steerless.addAll(ahead.sessions());
        }
        fetched.now = row.now();
        if (row.lease() != null) {
            fetched.put(row.lease());
        }
        if (row.turn() != null) {
            turn(row.turn());
        }
    }

    private void named() {
        List<String> sessions = ahead.turns().stream().map(Ahead.Turn::session).toList();
        List<String> ids = ahead.turns().stream().map(t -> t.id().value()).toList();
        Consumer<Call> keys = call -> call.texts(sessions).texts(ids);
        boolean one = ids.size() == 1;
        if (!turnIsRead) {
            absent(ahead.turns(), fetched.turns);
            batch.read(NAMED_TURNS, one, keys, SqlTurns::row, this::turn);
        }
        if (wants(Part.CLAIMED)) {
            ahead.turns().forEach(t -> fetched.claimed.put(t, new ArrayList<>()));
            batch.read(NAMED_CLAIMED, one, keys, SqlInbox::row, this::claimed);
        }
        if (wants(Part.JOURNAL)) {
            ahead.turns().forEach(t -> fetched.journals.put(t, new ArrayList<>()));
            batch.read(NAMED_JOURNAL, one, keys, Fetch::keyed, this::journal);
        }
        if (wants(Part.WAITS)) {
            ahead.turns().forEach(t -> fetched.waits.put(t, new ArrayList<>()));
            batch.read(NAMED_WAITS, one, keys, SqlJournal::wait, this::wait);
        }
        if (!ahead.effects().isEmpty()) {
            for (Ahead.Turn turn : ahead.turns()) {
                ahead.effects().forEach(e -> fetched.effects.put(new Fetched.Effect(turn, e), Optional.empty()));
            }
            batch.read(
                    EFFECTS,
                    one,
                    keys.andThen(call -> call.rows(0, 0).texts(ahead.effects())),
                    Fetch::keyed,
                    this::effect);
        }
    }

    /** Which turn is open is only known on the way: the empty list of its waits is made when its row arrives. */
    private void open() {
        if (ahead.sessions().isEmpty() || !wants(Part.OPEN_TURN)) {
            return;
        }
        batch.read(OPEN_TURNS, oneSession(), this::sessionIds, SqlTurns::row, this::openTurn);
        if (wants(Part.WAITS)) {
            batch.read(OPEN_WAITS, oneSession(), this::sessionIds, SqlJournal::wait, this::wait);
        }
    }

    private static Ahead.Turn of(TurnRow row) {
        return new Ahead.Turn(row.session(), row.id());
    }

    private void turn(TurnRow row) {
        fetched.turns.put(of(row), Optional.of(row));
    }

    private void openTurn(TurnRow row) {
        turn(row);
        if (wants(Part.WAITS)) {
            fetched.waits.put(of(row), new ArrayList<>());
        }
    }

    private void claimed(InboxItem item) {
        TurnId by = item.status().turn();
        if (by != null) {
            fetched.claimed
                    .computeIfAbsent(new Ahead.Turn(item.session(), by), t -> new ArrayList<>())
                    .add(item);
        }
    }

    private record Keyed(Ahead.Turn turn, JournalEntry entry) {}

    private static Keyed keyed(Line in) {
        var turn = new Ahead.Turn(in.text(), new TurnId(in.text()));
        return new Keyed(turn, SqlJournal.entry(in));
    }

    private void journal(Keyed row) {
        fetched.journals.computeIfAbsent(row.turn(), t -> new ArrayList<>()).add(row.entry());
    }

    private void effect(Keyed row) {
        fetched.effects.put(new Fetched.Effect(row.turn(), row.entry().key()), Optional.of(row.entry()));
    }

    private void wait(WaitRow row) {
        fetched.waits
                .computeIfAbsent(new Ahead.Turn(row.open().session(), row.open().turn()), t -> new ArrayList<>())
                .add(row);
    }

    private void others() {
        if (wants(Part.PENDING) || (wants(Part.STEERS) && !turnIsRead)) {
            ahead.sessions().forEach(this::pending);
        }
        if (wants(Part.EARLIEST_PENDING) && !ahead.sessions().isEmpty() && !headsSayEarliest()) {
            batch.read(
                    EARLIEST,
                    oneSession(),
                    this::sessionIds,
                    Fetch::earliest,
                    e -> fetched.earliest.put(e.session(), e.at()));
        }
        if (wants(Part.HEAD)) {
            heads();
        }
        if (!ahead.waits().isEmpty()) {
            absent(ahead.waits(), fetched.waitsById);
            List<String> ids = ahead.waits().stream().map(WaitId::value).toList();
            batch.read(
                    WAITS_BY_ID,
                    ids.size() == 1,
                    call -> call.texts(ids),
                    SqlJournal::wait,
                    into(fetched.waitsById, w -> w.open().id()));
        }
        blobs();
        keys();
        numbers();
    }

    private void blobs() {
        if (!ahead.blobs().isEmpty()) {
            ahead.blobs().forEach(hash -> fetched.blobs.put(hash, false));
            batch.read(
                    BLOBS,
                    ahead.blobs().size() == 1,
                    call -> call.texts(ahead.blobs()),
                    Line::text,
                    hash -> fetched.blobs.put(hash, true));
        }
    }

    private void pending(String session) {
        var rows = new ArrayList<InboxItem>();
        fetched.pending.put(session, rows);
        batch.read(SqlInbox.PENDING, call -> call.text(session).number(ClaimPlan.LOOKED_AT), SqlInbox::row, rows::add);
    }

    private record Earliest(String session, Optional<Instant> at) {}

    private static Earliest earliest(Line in) {
        return new Earliest(in.text(), Optional.ofNullable(in.timeOrNull()));
    }

    private void keys() {
        if (ahead.keys().isEmpty()) {
            return;
        }
        absent(ahead.keys(), fetched.keys);
        List<String> sessions = ahead.keys().stream().map(Ahead.Key::session).toList();
        List<String> keys = ahead.keys().stream().map(Ahead.Key::key).toList();
        batch.read(
                KEYS,
                keys.size() == 1,
                call -> call.texts(sessions).texts(keys),
                in -> new Hashed(SqlInbox.row(in), in.text()),
                this::key);
    }

    private record Hashed(InboxItem item, String hash) {}

    private void key(Hashed row) {
        @Nullable String key = row.item().key();
        if (key != null) {
            fetched.keys.put(new Ahead.Key(row.item().session(), key), Optional.of(row.item()));
            fetched.contentHashes.put(row.item().sequence(), row.hash());
        }
    }

    /** After the locks, so that the order of a session's numbers is that of its transactions. */
    private void numbers() {
        if (!writing) {
            return;
        }
        if (ahead.inputs() == 1) {
            sequence();
        } else if (ahead.inputs() > 1) {
            batch.read(SEQUENCES, call -> call.number(ahead.inputs()), Line::number, fetched.sequences::add);
        }
    }

    private void sequence() {
        Function<Line, Instant> judging = takeJudge();
        if (judging == null) {
            batch.read(SEQUENCE, call -> {}, Line::number, fetched.sequences::add);
        } else {
            batch.read(
                    JUDGED_SEQUENCE,
                    call -> {},
                    in -> {
                        fetched.now = judging.apply(in);
                        return in.number();
                    },
                    fetched.sequences::add);
        }
    }

    /** Of the sessions whose turns are named, or else of all. */
    private void heads() {
        Collection<String> sessions = ahead.turns().isEmpty()
                ? ahead.sessions()
                : ahead.turns().stream().map(Ahead.Turn::session).toList();
        boolean one = sessions.size() == 1;
        if (writing) {
            batch.read(GROWING_HEADS, one, call -> call.texts(sessions), Fetch::growing, this::head);
        } else {
            batch.read(
                    HEADS, one, call -> call.texts(sessions), SqlHistory::branch, into(fetched.branches, Branch::id));
        }
    }

    private boolean headsSayEarliest() {
        return writing && wants(Part.HEAD) && oneSession();
    }

    /** @param next number of the first branch, for a session without one */
    private record Growing(
            Earliest pending, @Nullable Long next, @Nullable Branch branch) {}

    private static Growing growing(Line in) {
        Earliest pending = earliest(in);
        Long next = in.numberOrNull();
        return new Growing(pending, next, next == null ? SqlHistory.branchOrNull(in) : null);
    }

    private void head(Growing row) {
        fetched.earliest.put(row.pending().session(), row.pending().at());
        if (row.next() != null) {
            fetched.newBranches.put(row.pending().session(), row.next());
        }
        if (row.branch() != null) {
            fetched.branches.put(row.branch().id(), Optional.of(row.branch()));
        }
    }
}
