package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.SessionSummary.Metadata;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Scope;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.TurnRow;
import dev.turnbuckle.store.UsageRow;
import dev.turnbuckle.store.WaitRow;
import dev.turnbuckle.store.plan.Ahead;
import dev.turnbuckle.store.plan.Ahead.Part;
import dev.turnbuckle.store.plan.ClaimPlan;
import dev.turnbuckle.tool.EffectClass;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one transaction on PostgreSQL, a network away: what is announced is read in one round trip, what is
 * written waits and goes out in one.
 *
 * <p>Where it writes, the row of a session is locked before anything of that session is read, whoever asks for what
 * first; so whatever rule is decided over a session's rows, no other transaction decides over the same rows until this
 * one ends. Leases of other scopes have no such row: they are written only over what was read.
 *
 * <p>One long class because it is one list of rows.
 */
final class PostgresRows extends SqlRows {
    private static final String BURIED_AND_FREE =
            "SELECT id FROM session WHERE deleted = 1 AND id > ? ORDER BY id LIMIT ? FOR NO KEY UPDATE SKIP LOCKED";
    private static final String SESSION_OF_WAIT = "SELECT session FROM wait WHERE id = ?";
    private static final String NEXT_BRANCH = "SELECT nextval('branch_id')";

    private final Statements statements;
    private final @Nullable Schema schema;
    private final Fetched fetched = new Fetched();
    private final Outgoing outgoing = new Outgoing();
    private @Nullable Consumer<List<String>> beginAgain;
    private boolean judged;
    private boolean wrote;
    private boolean sentCommit;
    private boolean ended;

    private PostgresRows(
            Statements statements, PostgresDialect dialect, Environment environment, @Nullable Schema schema) {
        super(statements, dialect, environment);
        this.statements = statements;
        this.schema = schema;
        statements.onChange(this::changed);
    }

    /** On a snapshot; nothing is locked. */
    static PostgresRows reading(Statements statements, PostgresDialect dialect, Environment environment) {
        return new PostgresRows(statements, dialect, environment, null);
    }

    /** @param schema looked at in the first round trip (S24) */
    static PostgresRows writing(
            Statements statements, PostgresDialect dialect, Environment environment, Schema schema) {
        return new PostgresRows(statements, dialect, environment, schema);
    }

    /**
     * What is done first may take COMMIT along.
     *
     * @param again begins another transaction, with what is sent next; is given what goes before that
     */
    void mayEnd(Consumer<List<String>> again) {
        if (schema != null && schema.isExact()) {
            beginAgain = again;
        }
    }

    /** Whether COMMIT went with what was done last, and an answer is not here. */
    boolean hasSentCommit() {
        return sentCommit && !ended;
    }

    private boolean writes() {
        return schema != null;
    }

    /** Whether COMMIT has gone already, and was answered. */
    boolean hasEnded() {
        return ended;
    }

    /** Whether anything went to the server that has to be committed. */
    boolean wrote() {
        return wrote;
    }

    /** Sends what waits. */
    void flush() {
        if (!outgoing.isEmpty()) {
            fetch(Ahead.NOTHING);
        }
    }

    /**
     * Whether what waits may go out together with COMMIT: all of it is decided over rows that are locked, so the number of
     * rows that it changes is known before.
     */
    boolean mayCommitAlong() {
        return judged && !outgoing.isEmpty() && outgoing.isCertain();
    }

    /** Sends what waits, and COMMIT: one round trip. */
    void commit() {
        var batch = new Batch();
        outgoing.drainTo(batch);
        batch.write(Ending.COMMIT, call -> {}, count -> {});
        batch.run(statements);
    }

    /** A function of the server's that has to be committed. */
    void sends(String function, String to, List<String> texts) {
        sql().call(function).text(to).texts(texts).all(Line::text);
        wrote = true;
    }

    private void changed() {
        wrote = true;
        fetched.forget();
    }

    /** For the statements that all databases share: they see what was written before them. */
    @Override
    public Statements sql() {
        flush();
        if (writes() && !judged) {
            fetch(Ahead.NOTHING);
        }
        return statements;
    }

    @Override
    public void ahead(Ahead next) {
        boolean asks = next.premise() != null && writes() && !judged;
        fetch(next);
        if (asks && !fetched.premise) {
            fetch(next.believing(null));
        }
    }

    /** One round trip: what waits, then locks and reads. */
    private void fetch(Ahead next) {
        if (ended) {
            throw new IllegalStateException("this transaction is over");
        }
        var batch = new Batch();
        boolean sent = !outgoing.isEmpty();
        outgoing.drainTo(batch);
        Fetch.add(batch, next, fetched, writes(), writes() && !judged ? this::schemaAndClock : null);
        batch.run(statements);
        judged = true;
        if (sent) {
            wrote = true;
            fetched.storedLeases.putAll(fetched.leases);
        }
    }

    private Instant schemaAndClock(Line in) {
        Objects.requireNonNull(schema).require(Integer.parseInt(in.text()));
        return in.time();
    }

    /** Nobody else changes anything of this session until the transaction ends. */
    private void lock(String session) {
        if (writes() && !fetched.locked.contains(session)) {
            fetch(Ahead.of(session));
        }
    }

    /** Read once in a transaction, after its first locks, so that what it decides is decided at one time. */
    @Override
    public Instant now() {
        if (fetched.now == null) {
            fetched.now = writes() ? firstNow() : super.now();
        }
        return fetched.now;
    }

    private Instant firstNow() {
        fetch(Ahead.NOTHING);
        return Objects.requireNonNull(fetched.now);
    }

    // ---- sessions

    @Override
    public @Nullable SessionRow session(String id) {
        if (!fetched.sessions.containsKey(id) || (writes() && !fetched.locked.contains(id))) {
            fetch(Ahead.of(id));
        }
        return known(fetched.sessions, id);
    }

    private static <K, V> @Nullable V known(Map<K, Optional<V>> map, K key) {
        return map.getOrDefault(key, Optional.empty()).orElse(null);
    }

    @Override
    public void insertSession(SessionRow row) {
        outgoing.add(Writes.SESSION, row.id(), row);
        fetched.sessions.put(row.id(), Optional.of(row));
    }

    @Override
    public void updateWork(SessionRow row) {
        SessionRow there = session(row.id());
        Instant due = Micros.wholeOrNull(row.due());
        if (there == null || !Objects.equals(there.openTurn(), row.openTurn()) || !Objects.equals(there.due(), due)) {
            outgoing.add(Writes.WORK, row.id(), row);
            update(row.id(), s -> s.work(row.openTurn(), due));
        }
    }

    private void update(String id, UnaryOperator<SessionRow> change) {
        fetched.sessions.computeIfPresent(id, (k, row) -> row.map(change));
    }

    @Override
    public void updateHead(SessionRow row) {
        outgoing.add(Writes.HEAD, row.id(), row);
        update(row.id(), s -> RecentRows.moved(s, row));
    }

    @Override
    public void updateShare(String id, String share, boolean first) {
        outgoing.add(first ? Writes.FIRST_SHARE : Writes.SHARE, id, new Writes.Shared(id, share));
    }

    @Override
    public void updateMetadata(String id, Metadata metadata) {
        outgoing.add(Writes.METADATA, id, new Writes.Described(id, metadata));
        fetched.sessions.remove(id);
    }

    @Override
    public void bury(String id, Instant at) {
        lock(id);
        outgoing.add(Writes.BURY, id, new Writes.Buried(id, at));
        outgoing.add(Writes.BURY_LEASE, id, id);
        outgoing.add(Writes.BURY_INBOX, id, id);
        outgoing.add(Writes.BURY_WAITS, id, id);
        fetched.forget();
    }

    @Override
    public List<String> due(Set<String> agents, Duration since, int most) {
        return sql().call(PostgresDialect.DUE)
                .texts(agents)
                .number(Micros.of(since))
                .number(most)
                .number(most)
                .all(Line::text);
    }

    @Override
    public List<Inbox.Share> dueByShare(Set<String> agents, Duration since, String after, int most, int each) {
        var shares = new LinkedHashMap<String, List<String>>();
        sql().call(PostgresDialect.DUE_BY_SHARE)
                .texts(agents)
                .text(after)
                .number(most)
                .number(Micros.of(since))
                .number(each)
                .number(each)
                .all(in -> new Waiting(in.text(), in.textOrNull()))
                .forEach(w -> {
                    List<String> sessions = shares.computeIfAbsent(w.share(), s -> new ArrayList<>());
                    if (w.session() != null) {
                        sessions.add(w.session());
                    }
                });
        return shares.entrySet().stream()
                .map(s -> new Inbox.Share(s.getKey(), s.getValue()))
                .toList();
    }

    @Override
    public List<String> choose(List<String> sessions, Duration later) {
        sql().call(PostgresDialect.SOON_ENOUGH).run();
        List<String> chosen = sql().call(PostgresDialect.CHOOSE)
                .number(Micros.of(later))
                .texts(sessions)
                .all(Line::text);
        changed();
        return chosen;
    }

    private record Waiting(String share, @Nullable String session) {}

    @Override
    public @Nullable Duration untilDue(Set<String> agents) {
        return sql().call(PostgresDialect.UNTIL_DUE).texts(agents).first(in -> Micros.duration(in.number()));
    }

    /** What another node reclaims at the same time is left to it. */
    @Override
    public String buried() {
        return BURIED_AND_FREE;
    }

    // ---- history

    @Override
    public long insertBranch(String session, long parentBranch, long parentDepth, long nextDepth) {
        lock(session);
        Long ready = fetched.newBranches.remove(session);
        long id = ready == null ? next(NEXT_BRANCH) : ready;
        outgoing.add(Writes.BRANCH, id, new Writes.Grown(id, session, parentBranch, parentDepth, nextDepth));
        return id;
    }

    private long next(String sequence) {
        return Objects.requireNonNull(sql().call(sequence).first(Line::number));
    }

    @Override
    public @Nullable Branch branch(long id) {
        Optional<Branch> there = fetched.branches.get(id);
        return there == null ? super.branch(id) : there.orElse(null);
    }

    @Override
    public void insertEntry(long branch, long depth, TurnId turn, String message, String chain) {
        outgoing.add(Writes.ENTRIES, Place.of(branch, depth), new Writes.Written(branch, depth, turn, message, chain));
        fetched.branches.remove(branch);
    }

    @Override
    public void insertCompaction(long branch, long depth, long keepsFrom) {
        outgoing.add(Writes.COMPACTION, branch, new Writes.Compacted(branch, depth, keepsFrom));
    }

    @Override
    public void insertUsage(String session, UsageRow row) {
        String identity = String.join("\n", session, row.turn().value(), "" + row.ordinal(), row.source(), row.model());
        outgoing.addOnce(Writes.USAGE, identity, new Writes.Used(session, row));
    }

    // ---- turns

    @Override
    public @Nullable TurnRow turn(String session, TurnId id) {
        lock(session);
        var turn = new Ahead.Turn(session, id);
        if (!fetched.turns.containsKey(turn)) {
            fetch(of(turn));
        }
        return known(fetched.turns, turn);
    }

    private static Ahead of(Ahead.Turn turn, Part... parts) {
        return Ahead.NOTHING.turns(Set.of(turn)).with(parts);
    }

    @Override
    public void insertTurn(TurnRow row) {
        outgoing.add(Writes.TURN, row.session() + "\n" + row.id(), row);
        fetched.turns.put(new Ahead.Turn(row.session(), row.id()), Optional.of(RecentRows.whole(row)));
    }

    @Override
    public void updateTurn(TurnRow row) {
        outgoing.add(Writes.TURN_UPDATE, row.session() + "\n" + row.id(), row);
        fetched.turns.put(new Ahead.Turn(row.session(), row.id()), Optional.of(RecentRows.whole(row)));
    }

    // ---- inbox

    @Override
    public long insertInbox(InboxItem item, String contentHash) {
        lock(item.session());
        if (fetched.sequences.isEmpty()) {
            fetch(Ahead.NOTHING.inputs(1));
        }
        long sequence = fetched.sequences.remove();
        outgoing.add(Writes.INBOX, sequence, new Writes.Accepted(sequence, item, contentHash));
        fetched.inserted(item);
        return sequence;
    }

    @Override
    public void updateInbox(long sequence, InboxItem.Status status) {
        outgoing.add(Writes.INBOX_UPDATE, sequence, new Writes.Settled(sequence, status));
        fetched.updated(sequence);
    }

    @Override
    public @Nullable InboxItem inboxByKey(String session, String key) {
        lock(session);
        var asked = new Ahead.Key(session, key);
        Optional<InboxItem> there = fetched.keys.get(asked);
        return there == null ? super.inboxByKey(session, key) : there.orElse(null);
    }

    @Override
    public String contentHash(long sequence) {
        String there = fetched.contentHashes.get(sequence);
        return there == null ? super.contentHash(sequence) : there;
    }

    @Override
    public @Nullable InboxItem inboxByTurn(String session, TurnId turn) {
        lock(session);
        return super.inboxByTurn(session, turn);
    }

    @Override
    public List<InboxItem> pending(String session, int most) {
        lock(session);
        List<InboxItem> there = most == ClaimPlan.LOOKED_AT ? fetched.pending.get(session) : null;
        return there == null ? super.pending(session, most) : List.copyOf(there);
    }

    @Override
    public boolean maySteer(String session) {
        lock(session);
        return !fetched.steerless.contains(session);
    }

    @Override
    public @Nullable Instant earliestPending(String session) {
        lock(session);
        if (!fetched.earliest.containsKey(session)) {
            fetch(Ahead.of(session).with(Part.EARLIEST_PENDING));
        }
        return known(fetched.earliest, session);
    }

    @Override
    public List<InboxItem> claimedBy(String session, TurnId turn) {
        lock(session);
        var key = new Ahead.Turn(session, turn);
        if (!fetched.claimed.containsKey(key)) {
            fetch(of(key, Part.CLAIMED));
        }
        return List.copyOf(fetched.claimed.getOrDefault(key, List.of()));
    }

    @Override
    public List<InboxItem> inboxOf(String session, long fromSequence, Set<InboxItem.State> states) {
        lock(session);
        return super.inboxOf(session, fromSequence, states);
    }

    // ---- journal and waits

    @Override
    public boolean recordJournal(String session, TurnId turn, JournalEntry entry) {
        JournalEntry there = journalEntry(session, turn, entry.key());
        if (there != null && (there.done() || !entry.done())) {
            return false;
        }
        var owner = new Ahead.Turn(session, turn);
        outgoing.add(
                there == null ? Writes.JOURNAL : Writes.OUTCOME,
                turn.value() + "\n" + entry.key(),
                new Writes.Recorded(owner, entry));
        fetched.effects.put(new Fetched.Effect(owner, entry.key()), Optional.of(entry));
        fetched.journals.remove(owner);
        return true;
    }

    @Override
    public @Nullable AtOnce recordAtOnce(Lease lease, TurnId turn, List<JournalEntry> entries) {
        boolean completes = entries.stream().anyMatch(PostgresRows::completes);
        if (beginAgain == null || judged || entries.isEmpty() || (completes && entries.size() > 1)) {
            return null;
        }
        var owner = new Ahead.Turn(lease.scope().id(), turn);
        List<String> undo = List.of();
        try {
            AtOnce done = recordedAndCommitted(owner, lease, completes ? Writes.OUTCOME : Writes.JOURNAL, entries);
            if (done != null) {
                ended = true;
                return done;
            }
        } catch (SqlFailure e) {
            if (!PostgresDialect.isRefused(e.sql())) {
                throw e;
            }
            undo = List.of(Ending.ROLLBACK);
        }
        sentCommit = false;
        beginAgain.accept(undo);
        return null;
    }

    /** Most likely: only these are recorded when they start. */
    private static boolean completes(JournalEntry entry) {
        return entry.done() && entry.effectClass() == EffectClass.ONCE;
    }

    /** @return {@code null} when there was nothing to complete */
    private @Nullable AtOnce recordedAndCommitted(
            Ahead.Turn owner, Lease lease, Outgoing.Kind<Writes.Recorded> kind, List<JournalEntry> entries) {
        List<Writes.Recorded> rows =
                entries.stream().map(e -> new Writes.Recorded(owner, e)).toList();
        var batch = new Batch();
        var guarded = new AtomicReference<AtOnce>();
        var written = new AtomicInteger();
        int current = Objects.requireNonNull(schema).current();
        Fetch.addGuard(batch, owner, lease, current, guarded::set);
        batch.write(
                kind.sql(),
                rows.size() <= FewRows.MOST ? rows.size() : 0,
                call -> kind.bind().accept(call, rows),
                written::set);
        batch.write(Ending.COMMIT, call -> {}, count -> {});
        sentCommit = true;
        batch.run(statements);
        return written.get() == rows.size() ? Objects.requireNonNull(guarded.get()) : null;
    }

    @Override
    public @Nullable JournalEntry journalEntry(String session, TurnId turn, String key) {
        lock(session);
        var owner = new Ahead.Turn(session, turn);
        var effect = new Fetched.Effect(owner, key);
        if (!fetched.effects.containsKey(effect)) {
            fetch(of(owner).effects(List.of(key)));
        }
        return known(fetched.effects, effect);
    }

    @Override
    public List<JournalEntry> journal(String session, TurnId turn) {
        lock(session);
        var owner = new Ahead.Turn(session, turn);
        if (!fetched.journals.containsKey(owner)) {
            fetch(of(owner, Part.JOURNAL));
        }
        return List.copyOf(fetched.journals.getOrDefault(owner, List.of()));
    }

    @Override
    public void deleteJournal(String session, TurnId turn) {
        var owner = new Ahead.Turn(session, turn);
        outgoing.add(Writes.JOURNAL_END, turn.value(), owner);
        fetched.journals.remove(owner);
        fetched.effects.clear();
    }

    @Override
    public void insertWait(WaitRow row) {
        lock(row.open().session());
        outgoing.add(Writes.WAIT, row.open().id().value(), row);
        fetched.put(whole(row));
    }

    private static WaitRow whole(WaitRow row) {
        OpenWait w = row.open();
        var open = new OpenWait(
                w.id(),
                w.session(),
                w.turn(),
                w.kind(),
                w.question(),
                w.details(),
                Micros.whole(w.since()),
                Micros.wholeOrNull(w.deadline()),
                w.escalation() == null ? null : whole(w.escalation()));
        return new WaitRow(open, row.key(), row.decision());
    }

    private static OpenWait.Escalation whole(OpenWait.Escalation e) {
        return new OpenWait.Escalation(Micros.whole(e.at()), e.to(), e.done());
    }

    @Override
    public void escalateWait(WaitId id) {
        outgoing.add(Writes.ESCALATION, id.value(), id);
        fetched.waits.clear();
        fetched.waitsById.clear();
    }

    /** Its session is only known from the row itself, which is read again under the lock. */
    @Override
    public @Nullable WaitRow wait(WaitId id) {
        if (!fetched.waitsById.containsKey(id)) {
            List<String> sessions = writes() ? sessionOf(id) : List.of();
            fetch(Ahead.NOTHING.waits(Set.of(id)).and(sessions).with(Part.OPEN_TURN, Part.WAITS));
        }
        return known(fetched.waitsById, id);
    }

    /** Clock and schema are not read with it: what they say holds from the lock on. */
    private List<String> sessionOf(WaitId id) {
        flush();
        var sessions = new ArrayList<String>();
        new Batch()
                .read(SESSION_OF_WAIT, c -> c.text(id.value()), Line::text, sessions::add)
                .run(statements);
        return sessions;
    }

    @Override
    public List<WaitRow> waits(String session, TurnId turn) {
        lock(session);
        var owner = new Ahead.Turn(session, turn);
        if (!fetched.waits.containsKey(owner)) {
            fetch(of(owner, Part.WAITS));
        }
        return List.copyOf(fetched.waits.getOrDefault(owner, List.of()));
    }

    @Override
    public List<OpenWait> openWaits(@Nullable String session, int most) {
        if (session != null) {
            lock(session);
        }
        return super.openWaits(session, most);
    }

    @Override
    public void decideWait(WaitId id, Decision decision) {
        WaitRow row = decidable(id);
        outgoing.add(Writes.DECISION, id.value(), new Writes.Decided(id, decision));
        if (row != null) {
            fetched.put(new WaitRow(row.open(), row.key(), decision));
        }
    }

    private @Nullable WaitRow decidable(WaitId id) {
        for (List<WaitRow> rows : fetched.waits.values()) {
            for (WaitRow row : rows) {
                if (row.open().id().equals(id)) {
                    return row;
                }
            }
        }
        return wait(id);
    }

    // ---- leases and blobs

    @Override
    public @Nullable Lease lease(Scope scope) {
        if (!fetched.leases.containsKey(scope)) {
            if (scope.kind().equals("session")) {
                fetch(Ahead.of(scope.id()).with(Part.LEASE));
            } else {
                Optional<Lease> there = Optional.ofNullable(super.lease(scope));
                fetched.leases.put(scope, there);
                fetched.storedLeases.put(scope, there);
            }
        }
        return known(fetched.leases, scope);
    }

    @Override
    public void putLease(Lease lease) {
        Scope scope = lease.scope();
        Lease before = lease(scope);
        var next = new Lease(
                scope,
                lease.holder(),
                lease.generation(),
                Micros.whole(lease.acquiredAt()),
                Micros.whole(lease.expiresAt()));
        if (next.equals(before)) {
            return;
        }
        Lease stored = known(fetched.storedLeases, scope);
        String key = scope.kind() + "\n" + scope.id();
        boolean locked = scope.kind().equals("session") && known(fetched.sessions, scope.id()) != null;
        if (stored == null) {
            outgoing.add(locked ? Writes.LOCKED_LEASE : Writes.LEASE, key, next);
        } else {
            outgoing.add(
                    locked ? Writes.LOCKED_LEASE_UPDATE : Writes.LEASE_UPDATE, key, new Writes.Passed(stored, next));
        }
        fetched.leases.put(scope, Optional.of(next));
    }

    @Override
    public void putBlob(StoredBlob blob) {
        outgoing.addOnce(Writes.BLOBS, blob.hash(), blob);
        fetched.blobs.put(blob.hash(), true);
    }

    @Override
    public boolean hasBlob(String hash) {
        if (!fetched.blobs.containsKey(hash)) {
            fetch(Ahead.NOTHING.blobs(Set.of(hash)));
        }
        return fetched.blobs.getOrDefault(hash, false);
    }
}
