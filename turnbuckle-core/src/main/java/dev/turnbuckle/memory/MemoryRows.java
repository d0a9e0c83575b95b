package dev.turnbuckle.memory;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.Entry;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.SessionSummary;
import dev.turnbuckle.session.SessionSummary.Metadata;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnSummary;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Scope;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.SessionStore;
import dev.turnbuckle.store.TurnRow;
import dev.turnbuckle.store.UsageRow;
import dev.turnbuckle.store.WaitRow;
import dev.turnbuckle.store.plan.Rows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** All tables of {@link MemoryStorage}, with an undo log. Guarded by its lock. One long class because it is one list of rows. */
final class MemoryRows implements Rows {
    private record InSession<K extends Comparable<K>>(String session, K key) implements Comparable<InSession<K>> {
        @Override
        public int compareTo(InSession<K> other) {
            int bySession = session.compareTo(other.session);
            return bySession != 0 ? bySession : key.compareTo(other.key);
        }
    }

    private record At(long branch, long depth) implements Comparable<At> {
        @Override
        public int compareTo(At other) {
            return Comparator.comparingLong(At::branch)
                    .thenComparingLong(At::depth)
                    .compare(this, other);
        }
    }

    private record StoredInput(InboxItem item, String hash) {}

    private record StoredTurn(TurnRow row, long ordinal) {}

    private record StoredUsage(UsageRow row) {}

    private final Deque<Runnable> undo = new ArrayDeque<>();
    private final Table<String, SessionRow> sessions = Table.ordered(undo);
    private final Table<String, String> shares = Table.ordered(undo);
    private final Table<Long, Branch> branches = Table.ordered(undo);
    private final Table<At, Entry> entries = Table.ordered(undo);
    private final Table<At, Compaction> compactions = Table.ordered(undo);
    private final Table<InSession<String>, StoredUsage> usage = Table.ordered(undo);
    private final Table<InSession<String>, StoredTurn> turns = Table.ordered(undo);
    private final Table<Long, StoredInput> inbox = Table.ordered(undo);
    /** Sequences of rows that are not finished, so that looking for work does not read all history. */
    private final Table<InSession<Long>, Long> openInbox = Table.ordered(undo);

    private final Table<InSession<String>, Long> inboxKeys = Table.ordered(undo);
    private final Table<InSession<String>, Long> inboxTurns = Table.ordered(undo);
    private final Table<InSession<String>, JournalEntry> journal = Table.ordered(undo);
    private final Table<String, WaitRow> waits = Table.ordered(undo);
    private final Table<String, Lease> leases = Table.ordered(undo);
    private final Table<String, StoredBlob> blobs = Table.ordered(undo);

    private Environment environment = Environment.system();
    private long lastSequence;
    private long lastBranch;
    private long lastTurn;

    void environment(Environment next) {
        environment = next;
    }

    void begin() {
        undo.clear();
    }

    /** Sequences are not given back: they order, nothing more. */
    void rollback() {
        while (!undo.isEmpty()) {
            undo.pop().run();
        }
    }

    @Override
    public Instant now() {
        return environment.now();
    }

    // ---- sessions

    @Override
    public @Nullable SessionRow session(String id) {
        return sessions.get(id);
    }

    @Override
    public void insertSession(SessionRow row) {
        sessions.put(row.id(), row);
    }

    @Override
    public void updateWork(SessionRow row) {
        SessionRow there = Objects.requireNonNull(sessions.get(row.id()));
        sessions.put(row.id(), there.work(row.openTurn(), row.due()));
    }

    @Override
    public void updateHead(SessionRow row) {
        SessionRow there = Objects.requireNonNull(sessions.get(row.id()));
        sessions.put(
                row.id(),
                new SessionRow(
                        row.id(),
                        there.agent(),
                        row.head(),
                        row.openTurn(),
                        row.facts(),
                        there.metadata(),
                        there.createdAt(),
                        row.updatedAt(),
                        row.due(),
                        there.deleted()));
    }

    @Override
    public void updateShare(String id, String share, boolean first) {
        if (!first || shares.get(id) == null) {
            shares.put(id, share);
        }
    }

    @Override
    public void updateMetadata(String id, Metadata metadata) {
        SessionRow s = Objects.requireNonNull(sessions.get(id));
        sessions.put(
                id,
                new SessionRow(
                        id,
                        s.agent(),
                        s.head(),
                        s.openTurn(),
                        s.facts(),
                        metadata,
                        s.createdAt(),
                        s.updatedAt(),
                        s.due(),
                        s.deleted()));
    }

    @Override
    public void bury(String id, Instant at) {
        SessionRow s = Objects.requireNonNull(sessions.get(id));
        sessions.put(
                id,
                new SessionRow(
                        id,
                        s.agent(),
                        SessionRow.Head.EMPTY,
                        null,
                        SessionRow.Facts.NONE,
                        Metadata.NONE,
                        s.createdAt(),
                        at,
                        null,
                        true));
        leases.remove(leaseKey(Scope.session(id)));
        for (StoredInput row : List.copyOf(inbox.values())) {
            if (row.item().session().equals(id)) {
                removeInbox(row.item());
            }
        }
        for (WaitRow row : List.copyOf(waits.values())) {
            if (row.open().session().equals(id)) {
                waits.remove(row.open().id().value());
            }
        }
    }

    private void removeInbox(InboxItem item) {
        inbox.remove(item.sequence());
        openInbox.remove(new InSession<>(item.session(), item.sequence()));
        inboxTurns.remove(new InSession<>(item.session(), item.turn().value()));
        if (item.key() != null) {
            inboxKeys.remove(new InSession<>(item.session(), item.key()));
        }
    }

    @Override
    public List<SessionRow> sessions(SessionStore.Query query, @Nullable Anchor after, int most) {
        return sessions.values().stream()
                .filter(s -> !s.deleted() && s.id().startsWith(query.prefix()))
                .filter(s -> query.parent() == null
                        || query.parent().equals(s.metadata().parent()))
                .filter(s -> s.metadata()
                        .labels()
                        .entrySet()
                        .containsAll(query.labels().entrySet()))
                .filter(s -> query.state() == null || query.state() == state(s))
                .sorted(Comparator.comparing(SessionRow::updatedAt).reversed().thenComparing(SessionRow::id))
                .filter(s -> after == null || isAfter(s, after))
                .limit(most)
                .toList();
    }

    private static boolean isAfter(SessionRow s, Anchor after) {
        int byTime = s.updatedAt().compareTo(after.updatedAt());
        return byTime < 0 || (byTime == 0 && s.id().compareTo(after.id()) > 0);
    }

    private SessionSummary.State state(SessionRow s) {
        TurnRow open = s.openTurn() == null ? null : turn(s.id(), s.openTurn());
        if (open == null) {
            return s.due() == null ? SessionSummary.State.IDLE : SessionSummary.State.PENDING;
        }
        return open.state() == TurnSummary.State.SUSPENDED
                ? SessionSummary.State.SUSPENDED
                : SessionSummary.State.RUNNING;
    }

    @Override
    public List<String> due(Set<String> agents, Duration since, int most) {
        Instant latest = now().minus(since);
        return working(agents)
                .filter(s -> s.due() != null && !s.due().isAfter(latest))
                .sorted(Comparator.comparing(MemoryRows::dueOf).thenComparing(SessionRow::id))
                .limit(most)
                .map(SessionRow::id)
                .toList();
    }

    private java.util.stream.Stream<SessionRow> working(Set<String> agents) {
        return sessions.values().stream().filter(s -> s.due() != null && agents.contains(s.agent()));
    }

    private static Instant dueOf(SessionRow row) {
        return row.due() == null ? Instant.MAX : row.due();
    }

    @Override
    public List<Inbox.Share> dueByShare(Set<String> agents, Duration since, String after, int most, int each) {
        var names = new TreeSet<String>();
        working(agents).map(s -> shares.get(s.id())).filter(Objects::nonNull).forEach(names::add);
        List<String> due = due(agents, since, Integer.MAX_VALUE);
        return names.tailSet(after, false).stream()
                .limit(most)
                .map(name -> new Inbox.Share(
                        name,
                        due.stream()
                                .filter(id -> name.equals(shares.get(id)))
                                .limit(each)
                                .toList()))
                .toList();
    }

    @Override
    public @Nullable Duration untilDue(Set<String> agents) {
        Instant now = now();
        return working(agents)
                .map(MemoryRows::dueOf)
                .filter(due -> due.isAfter(now))
                .min(Instant::compareTo)
                .map(due -> Duration.between(now, due))
                .orElse(null);
    }

    @Override
    public int reclaim(int most) {
        int left = most;
        left -= purge(entries, at -> deadBranch(at.branch()), left);
        left -= purge(compactions, at -> deadBranch(at.branch()), left);
        left -= purge(branches, this::deadBranch, left);
        left -= purge(turns, key -> dead(key.session()), left);
        left -= purge(usage, key -> dead(key.session()), left);
        left -= purge(journal, key -> dead(key.session()), left);
        return most - left;
    }

    private static <K, V> int purge(Table<K, V> table, Predicate<K> dead, int most) {
        List<K> keys = table.keys().stream().filter(dead).limit(most).toList();
        keys.forEach(table::remove);
        return keys.size();
    }

    /** A branch of a deleted session from which no living one grows. */
    private boolean deadBranch(long id) {
        Branch branch = branches.get(id);
        return branch != null
                && dead(branch.session())
                && branches.values().stream().noneMatch(b -> b.parentBranch() == id && !dead(b.session()));
    }

    private boolean dead(String session) {
        SessionRow row = sessions.get(session);
        return row != null && row.deleted();
    }

    // ---- history

    @Override
    public long insertBranch(String session, long parentBranch, long parentDepth, long nextDepth) {
        long id = ++lastBranch;
        branches.put(id, new Branch(id, session, parentBranch, parentDepth, nextDepth));
        return id;
    }

    @Override
    public @Nullable Branch branch(long id) {
        return branches.get(id);
    }

    @Override
    public void updateNextDepth(long branch, long nextDepth) {
        Branch b = Objects.requireNonNull(branches.get(branch));
        branches.put(branch, new Branch(b.id(), b.session(), b.parentBranch(), b.parentDepth(), nextDepth));
    }

    @Override
    public void insertEntry(long branch, long depth, TurnId turn, String message, String chain) {
        var entry = new Entry(branch, depth, turn, Json.read(message, Message.class), chain);
        if (!entries.insert(new At(branch, depth), entry)) {
            throw new IllegalStateException("entry (" + branch + ", " + depth + ") exists");
        }
    }

    @Override
    public List<Entry> entries(long branch, long from, long to) {
        return List.copyOf(
                entries.range(new At(branch, from), new At(branch, to)).values());
    }

    @Override
    public void insertCompaction(long branch, long depth, long keepsFrom) {
        compactions.put(new At(branch, depth), new Compaction(depth, keepsFrom));
    }

    @Override
    public @Nullable Compaction compaction(long branch, long atMostDepth) {
        var found = compactions
                .range(new At(branch, 0), new At(branch, atMostDepth))
                .lastEntry();
        return found == null ? null : found.getValue();
    }

    @Override
    public void insertUsage(String session, UsageRow row) {
        String key = row.turn() + " " + row.ordinal() + " " + row.source() + " " + row.model();
        usage.insert(new InSession<>(session, key), new StoredUsage(row));
    }

    @Override
    public Usage usage(String session) {
        Usage sum = Usage.NONE;
        for (var row : inSession(usage, session)) {
            sum = sum.plus(row.row().usage());
        }
        return sum;
    }

    private static <V> Collection<V> inSession(Table<InSession<String>, V> table, String session) {
        return table.from(new InSession<>(session, ""))
                .headMap(new InSession<>(session + "\0", ""), false)
                .values();
    }

    // ---- turns

    @Override
    public @Nullable TurnRow turn(String session, TurnId id) {
        StoredTurn stored = turns.get(new InSession<>(session, id.value()));
        return stored == null ? null : stored.row();
    }

    @Override
    public void insertTurn(TurnRow row) {
        if (!turns.insert(new InSession<>(row.session(), row.id().value()), new StoredTurn(row, ++lastTurn))) {
            throw new IllegalStateException("turn " + row.id() + " exists");
        }
    }

    @Override
    public void updateTurn(TurnRow row) {
        var key = new InSession<>(row.session(), row.id().value());
        StoredTurn there = Objects.requireNonNull(turns.get(key));
        turns.put(key, new StoredTurn(row, there.ordinal()));
    }

    @Override
    public List<TurnRow> turns(String session, @Nullable String after, int most) {
        StoredTurn anchor = after == null ? null : turns.get(new InSession<>(session, after));
        long before = anchor == null ? Long.MAX_VALUE : anchor.ordinal();
        return inSession(turns, session).stream()
                .filter(t -> t.ordinal() < before)
                .sorted(Comparator.comparingLong(StoredTurn::ordinal).reversed())
                .limit(most)
                .map(StoredTurn::row)
                .toList();
    }

    // ---- inbox

    @Override
    public long insertInbox(InboxItem item, String contentHash) {
        long sequence = ++lastSequence;
        var numbered = new InboxItem(
                sequence,
                item.session(),
                item.turn(),
                item.kind(),
                item.delivery(),
                item.content(),
                item.key(),
                item.context(),
                item.trace(),
                item.availableAt(),
                item.acceptedAt(),
                item.status());
        inbox.put(sequence, new StoredInput(numbered, contentHash));
        openInbox.put(new InSession<>(item.session(), sequence), sequence);
        inboxTurns.put(new InSession<>(item.session(), item.turn().value()), sequence);
        if (item.key() != null) {
            inboxKeys.put(new InSession<>(item.session(), item.key()), sequence);
        }
        return sequence;
    }

    @Override
    public @Nullable InboxItem inbox(long sequence) {
        StoredInput stored = inbox.get(sequence);
        return stored == null ? null : stored.item();
    }

    @Override
    public @Nullable InboxItem inboxByKey(String session, String key) {
        Long sequence = inboxKeys.get(new InSession<>(session, key));
        return sequence == null ? null : inbox(sequence);
    }

    @Override
    public String contentHash(long sequence) {
        return Objects.requireNonNull(inbox.get(sequence)).hash();
    }

    @Override
    public @Nullable InboxItem inboxByTurn(String session, TurnId turn) {
        Long sequence = inboxTurns.get(new InSession<>(session, turn.value()));
        return sequence == null ? null : inbox(sequence);
    }

    private List<InboxItem> open(String session, Predicate<InboxItem> which) {
        return openInbox.range(new InSession<>(session, 0L), new InSession<>(session, Long.MAX_VALUE)).values().stream()
                .map(this::inbox)
                .filter(Objects::nonNull)
                .filter(which)
                .toList();
    }

    @Override
    public List<InboxItem> pending(String session, int most) {
        return open(session, i -> i.status().state() == InboxItem.State.PENDING).stream()
                .limit(most)
                .toList();
    }

    @Override
    public @Nullable Instant earliestPending(String session) {
        return open(session, i -> i.status().state() == InboxItem.State.PENDING).stream()
                .map(InboxItem::availableAt)
                .min(Instant::compareTo)
                .orElse(null);
    }

    @Override
    public List<InboxItem> claimedBy(String session, TurnId turn) {
        return open(
                session,
                i -> i.status().state() == InboxItem.State.CLAIMED
                        && turn.equals(i.status().turn()));
    }

    @Override
    public List<InboxItem> inboxOf(String session, long fromSequence, Set<InboxItem.State> states) {
        return inbox.from(fromSequence).values().stream()
                .map(StoredInput::item)
                .filter(i -> i.session().equals(session)
                        && states.contains(i.status().state()))
                .toList();
    }

    @Override
    public void updateInbox(long sequence, InboxItem.Status status) {
        StoredInput there = Objects.requireNonNull(inbox.get(sequence));
        inbox.put(sequence, new StoredInput(there.item().with(status), there.hash()));
        boolean open = status.state() == InboxItem.State.PENDING || status.state() == InboxItem.State.CLAIMED;
        var key = new InSession<>(there.item().session(), sequence);
        if (open) {
            openInbox.put(key, sequence);
        } else {
            openInbox.remove(key);
        }
    }

    // ---- journal and waits

    private static InSession<String> journalKey(String session, TurnId turn, String key) {
        return new InSession<>(session, turn.value() + " " + key);
    }

    @Override
    public boolean recordJournal(String session, TurnId turn, JournalEntry entry) {
        JournalEntry there = journalEntry(session, turn, entry.key());
        if (there != null && (there.done() || !entry.done())) {
            return false;
        }
        journal.put(journalKey(session, turn, entry.key()), entry);
        return true;
    }

    @Override
    public @Nullable JournalEntry journalEntry(String session, TurnId turn, String key) {
        return journal.get(journalKey(session, turn, key));
    }

    @Override
    public List<JournalEntry> journal(String session, TurnId turn) {
        return List.copyOf(journal.from(journalKey(session, turn, ""))
                .headMap(new InSession<>(session, turn.value() + "!"), false)
                .values());
    }

    @Override
    public void deleteJournal(String session, TurnId turn) {
        journal(session, turn).forEach(e -> journal.remove(journalKey(session, turn, e.key())));
    }

    @Override
    public void insertWait(WaitRow row) {
        waits.put(row.open().id().value(), row);
    }

    @Override
    public @Nullable WaitRow wait(WaitId id) {
        return waits.get(id.value());
    }

    @Override
    public List<WaitRow> waits(String session, TurnId turn) {
        return waits.values().stream()
                .filter(w ->
                        w.open().session().equals(session) && w.open().turn().equals(turn))
                .toList();
    }

    @Override
    public List<OpenWait> openWaits(@Nullable String session, int most) {
        return waits.values().stream()
                .filter(w -> w.decision() == null
                        && (session == null || w.open().session().equals(session)))
                .map(WaitRow::open)
                .sorted(Comparator.comparing(OpenWait::since).thenComparing(w -> w.id().value()))
                .limit(most)
                .toList();
    }

    @Override
    public void escalateWait(WaitId id) {
        WaitRow there = Objects.requireNonNull(waits.get(id.value()));
        waits.put(id.value(), new WaitRow(there.open().escalated(), there.key(), there.decision()));
    }

    @Override
    public void decideWait(WaitId id, Decision decision) {
        WaitRow there = Objects.requireNonNull(waits.get(id.value()));
        waits.put(id.value(), new WaitRow(there.open(), there.key(), decision));
    }

    // ---- leases and blobs

    private static String leaseKey(Scope scope) {
        return scope.kind() + ":" + scope.id();
    }

    @Override
    public @Nullable Lease lease(Scope scope) {
        return leases.get(leaseKey(scope));
    }

    @Override
    public void putLease(Lease lease) {
        leases.put(leaseKey(lease.scope()), lease);
    }

    @Override
    public List<Lease> liveLeases() {
        return leases.values().stream().filter(l -> !l.isReleased()).toList();
    }

    @Override
    public void putBlob(StoredBlob blob) {
        blobs.insert(blob.hash(), blob);
    }

    @Override
    public boolean hasBlob(String hash) {
        return blobs.get(hash) != null;
    }

    @Override
    public @Nullable StoredBlob blob(String hash) {
        return blobs.get(hash);
    }

    /** Every row as text, for tests that compare before and after. */
    Map<String, String> dump() {
        var dump = new TreeMap<String, String>();
        sessions.values().forEach(s -> dump.put("session " + s.id(), s.toString()));
        branches.values().forEach(b -> dump.put("branch " + b.id(), b.toString()));
        entries.values().forEach(e -> dump.put("entry " + e.branch() + " " + e.depth(), e.toString()));
        compactions.values().forEach(c -> dump.put("compaction " + c.depth(), c.toString()));
        usage.values().forEach(u -> dump.put("usage " + u.row(), u.toString()));
        turns.values()
                .forEach(t ->
                        dump.put("turn " + t.row().session() + " " + t.row().id(), t.toString()));
        inbox.values().forEach(i -> dump.put("inbox " + i.item().sequence(), i.toString()));
        journal.values().forEach(j -> dump.put("journal " + j.key(), j.toString()));
        waits.values().forEach(w -> dump.put("wait " + w.open().id(), w.toString()));
        leases.values().forEach(l -> dump.put("lease " + l.scope(), l.toString()));
        blobs.values().forEach(b -> dump.put("blob " + b.hash(), b.codec() + " " + b.size()));
        return dump;
    }
}
