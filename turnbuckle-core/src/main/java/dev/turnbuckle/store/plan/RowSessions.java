package dev.turnbuckle.store.plan;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.internal.codec.Hash;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.Entry;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Page;
import dev.turnbuckle.session.PageRequest;
import dev.turnbuckle.session.SessionId;
import dev.turnbuckle.session.SessionSummary;
import dev.turnbuckle.session.SessionSummary.Metadata;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.TurnSummary;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Component;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Move;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.SessionRow.Facts;
import dev.turnbuckle.store.SessionRow.Head;
import dev.turnbuckle.store.SessionStore;
import dev.turnbuckle.store.TurnRow;
import dev.turnbuckle.store.WaitRow;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Sessions and commits over rows. */
final class RowSessions implements SessionStore {
    private static final int SHOWN_TEXT = 200;

    private final Transactions transactions;
    private final RowBlobs blobs;
    private final RowStorage.Limits limits;

    RowSessions(Transactions transactions, RowBlobs blobs, RowStorage.Limits limits) {
        this.transactions = transactions;
        this.blobs = blobs;
        this.limits = limits;
    }

    @Override
    public boolean create(String id, String agent, Metadata metadata) {
        SessionId.require(id);
        return transactions.write(rows -> {
            SessionRow there = RowStorage.alive(rows, id);
            if (there == null) {
                created(rows, id, agent, metadata);
            }
            return there == null;
        });
    }

    static SessionRow created(Rows rows, String id, String agent, Metadata metadata) {
        Instant now = rows.now();
        var row = new SessionRow(id, agent, Head.EMPTY, null, Facts.NONE, metadata, now, now, null, false);
        rows.insertSession(row);
        return row;
    }

    @Override
    public boolean delete(String id) {
        return transactions.write(rows -> {
            SessionRow row = rows.session(id);
            if (row != null && !row.deleted()) {
                rows.bury(id, rows.now());
                return true;
            }
            return false;
        });
    }

    @Override
    public Optional<SessionRow> find(String id) {
        return Optional.ofNullable(transactions.<@Nullable SessionRow>read(rows -> rows.session(id)));
    }

    @Override
    public Page<SessionSummary> list(Query query, PageRequest page) {
        RowGroups.OfSessions.Anchor after = page.after() == null ? null : anchor(page.after());
        return transactions.read(rows -> {
            List<SessionRow> found = rows.sessions(query, after, page.size() + 1);
            boolean more = found.size() > page.size();
            List<SessionRow> shown = more ? found.subList(0, page.size()) : found;
            rows.ahead(Ahead.NOTHING.turns(shown.stream()
                    .filter(s -> s.openTurn() != null)
                    .map(s -> new Ahead.Turn(s.id(), s.openTurn()))
                    .toList()));
            String next = more ? anchor(shown.getLast()) : null;
            return new Page<>(shown.stream().map(s -> summary(rows, s)).toList(), next);
        });
    }

    private static String anchor(SessionRow row) {
        return row.updatedAt() + " " + row.id();
    }

    private static RowGroups.OfSessions.Anchor anchor(String text) {
        int space = text.indexOf(' ');
        try {
            return new RowGroups.OfSessions.Anchor(Instant.parse(text.substring(0, space)), text.substring(space + 1));
        } catch (RuntimeException e) {
            throw new InvalidInputException("not the \"next\" of a page of sessions: \"" + text + "\"");
        }
    }

    private static SessionSummary summary(Rows rows, SessionRow row) {
        return new SessionSummary(
                row.id(),
                row.agent(),
                row.head().revision(),
                state(rows, row),
                row.createdAt(),
                row.updatedAt(),
                row.facts().firstUserText(),
                row.facts().userMessages(),
                row.metadata());
    }

    private static SessionSummary.State state(Rows rows, SessionRow row) {
        TurnRow open = RowStorage.openTurn(rows, row);
        if (open == null) {
            return row.due() == null ? SessionSummary.State.IDLE : SessionSummary.State.PENDING;
        }
        return open.state() == TurnSummary.State.SUSPENDED
                ? SessionSummary.State.SUSPENDED
                : SessionSummary.State.RUNNING;
    }

    @Override
    public void describe(String id, Metadata metadata) {
        transactions.write(rows -> {
            if (RowStorage.alive(rows, id) == null) {
                throw new InvalidInputException("there is no session \"" + id + "\"");
            }
            rows.updateMetadata(id, metadata);
            return true;
        });
    }

    @Override
    public Map<String, Long> heads(Collection<String> ids) {
        return transactions.read(rows -> {
            rows.ahead(Ahead.of(ids));
            var heads = new LinkedHashMap<String, Long>();
            for (String id : ids) {
                SessionRow row = rows.session(id);
                if (row != null && !row.deleted()) {
                    heads.put(id, row.head().revision());
                }
            }
            return heads;
        });
    }

    @Override
    public List<Entry> path(String id, From from) {
        return transactions.read(rows -> {
            rows.ahead(Ahead.of(id).with(Ahead.Part.HEAD));
            SessionRow row = RowStorage.alive(rows, id);
            return row == null ? List.of() : HistoryPath.read(rows, row.head(), from);
        });
    }

    @Override
    public Optional<Entry> entry(String id, Commit.Position position) {
        return transactions.read(rows -> {
            SessionRow row = RowStorage.alive(rows, id);
            RowGroups.OfHistory.Branch branch = rows.branch(position.branch());
            boolean own = row != null
                    && branch != null
                    && (branch.session().equals(id) || HistoryPath.onPath(rows, row.head(), position));
            return own
                    ? rows.entries(position.branch(), position.depth(), position.depth()).stream()
                            .findFirst()
                    : Optional.empty();
        });
    }

    @Override
    public Map<String, Component> components(String id) {
        SessionRow row = transactions.<@Nullable SessionRow>read(rows -> RowStorage.alive(rows, id));
        if (row == null || row.head().checkpoint() == null) {
            return Map.of();
        }
        String hash = row.head().checkpoint();
        Blob root = blobs.get(hash)
                .orElseThrow(() -> StorageException.rewire(
                        "missing_checkpoint", "session \"" + id + "\": its checkpoint " + hash + " is missing", null));
        return Checkpoints.read(root);
    }

    @Override
    public Usage usage(String id) {
        return transactions.read(rows -> rows.usage(id));
    }

    @Override
    public CommitResult commit(Commit commit) {
        List<String> messages =
                commit.history().entries().stream().map(Json::write).toList();
        long bytes = messages.stream()
                .mapToLong(m -> m.getBytes(StandardCharsets.UTF_8).length)
                .sum();
        var over = limits.commit().check(commit, bytes);
        if (over != null) {
            return over;
        }
        commit.settlement().sends().forEach(s -> RowInbox.requireSize(s, limits.inputBytes()));
        List<String> hashes = messages.stream().map(Hash::of).toList();
        String intent = CommitPlan.intent(commit, hashes);
        var prepared = new Prepared(
                commit,
                intent,
                messages,
                hashes,
                commit.state().components() == null
                        ? null
                        : Checkpoints.root(commit.state().components()));
        var stored = blobs.encoded(prepared.blobs());
        return transactions.write(rows -> {
            rows.ahead(ahead(commit));
            SessionRow session = RowStorage.alive(rows, commit.target().session());
            if (session == null) {
                return new CommitResult.LeaseLost("there is no such session");
            }
            CommitPlan.Facts facts = facts(rows, session, commit);
            CommitResult refusal = CommitPlan.refusal(commit, facts, intent);
            if (refusal != null) {
                return refusal;
            }
            HistoryPath.requireLineage(rows, session, commit.history().base());
            var lost = CommitPlan.claimLost(commit, facts);
            if (lost != null) {
                return lost;
            }
            Instant pending = rows.earliestPending(session.id());
            if (pending != null && commit.target().unlessSteered() && RowInbox.steered(rows, session.id())) {
                return new CommitResult.Steered();
            }
            stored.forEach(rows::putBlob);
            requireResolved(rows, commit);
            return land(rows, facts, prepared, pending);
        });
    }

    @Override
    public Move.Done move(Move move) {
        SessionId.require(move.session());
        return transactions.write(rows -> {
            rows.ahead(Ahead.of(move.session()).with(Ahead.Part.LEASE, Ahead.Part.HEAD, Ahead.Part.EARLIEST_PENDING));
            return RowMoves.move(rows, transactions, move);
        });
    }

    /** All that it locks and looks at, in one go, whatever it sends. */
    private Ahead ahead(Commit commit) {
        var target = commit.target();
        var sends = commit.settlement().sends();
        Map<String, Component> components = commit.state().components();
        Ahead ahead = Ahead.of(target.session())
                .and(sends.stream().map(Inbox.NewInput::session).toList())
                .turn(target.session(), target.turn())
                .with(Ahead.Part.LEASE, Ahead.Part.HEAD, Ahead.Part.CLAIMED, Ahead.Part.EARLIEST_PENDING)
                .blobs(
                        components == null
                                ? Set.of()
                                : components.values().stream()
                                        .filter(c -> c.blob() == null)
                                        .flatMap(c -> blobs.addresses(c.hash()))
                                        .toList())
                .accepting(sends)
                .believing(premise(commit));
        return closesWaits(commit) ? ahead.with(Ahead.Part.WAITS) : ahead;
    }

    /** {@code null} where the commit asks for more than what its turn was started with. */
    private static Ahead.@Nullable Premise premise(Commit commit) {
        var target = commit.target();
        var from = target.from();
        if (from == null
                || !from.session().id().equals(target.session())
                || !from.turn().id().equals(target.turn())
                || !from.lease().sameAs(target.lease())
                || from.session().head().branch() == 0
                || from.session().head().revision() != target.expectedRevision()
                || commit.history().base() != null
                || !commit.settlement().sends().isEmpty()
                || closesWaits(commit)) {
            return null;
        }
        Set<Long> claimed = from.inputs().stream().map(InboxItem::sequence).collect(Collectors.toSet());
        return claimed.equals(Set.copyOf(commit.settlement().inputs()))
                ? new Ahead.Premise(from.session(), from.turn(), target.lease(), from.inputs())
                : null;
    }

    private static CommitPlan.Facts facts(Rows rows, SessionRow session, Commit commit) {
        Map<Long, InboxItem> claimed = rows
                .claimedBy(session.id(), commit.target().turn())
                .stream()
                .collect(Collectors.toMap(InboxItem::sequence, Function.identity()));
        return new CommitPlan.Facts(
                session,
                rows.turn(session.id(), commit.target().turn()),
                rows.lease(RowStorage.scope(session.id())),
                claimed,
                rows.now());
    }

    private record Prepared(
            Commit commit,
            String intent,
            List<String> messages,
            List<String> hashes,
            @Nullable Blob root) {
        List<Blob> blobs() {
            var all = new ArrayList<Blob>();
            all.add(commit.record().turnRecord());
            all.addAll(commit.record().attachments());
            all.addAll(commit.record().parts());
            if (root != null) {
                all.add(root);
            }
            Map<String, Component> components = commit.state().components();
            if (components != null) {
                components.values().stream()
                        .map(Component::blob)
                        .filter(b -> b != null)
                        .forEach(all::add);
            }
            return all;
        }
    }

    /** Everything of S6, decided. */
    private static CommitResult land(Rows rows, CommitPlan.Facts facts, Prepared prepared, @Nullable Instant pending) {
        Commit commit = prepared.commit();
        SessionRow session = facts.session();
        Head head = HistoryPath.append(
                rows, session, commit.history(), commit.target().turn(), prepared.messages(), prepared.hashes());
        String checkpoint =
                prepared.root() == null ? head.checkpoint() : prepared.root().hash();
        Head next = new Head(
                Math.addExact(session.head().revision(), 1), head.branch(), head.depth(), head.chain(), checkpoint);
        boolean released = settleInputs(rows, facts.claimed().values(), commit);
        List<String> dropped = send(rows, commit.settlement().sends());
        commit.settlement().usage().forEach(u -> rows.insertUsage(session.id(), u));
        rows.deleteJournal(session.id(), commit.target().turn());
        endTurn(rows, facts.turn(), prepared, next, dropped);
        closeWaits(rows, commit);
        rows.putLease(commit.target().lease().released());
        if (commit.state().metadata() != null) {
            rows.updateMetadata(session.id(), commit.state().metadata());
        }
        boolean more = released || !commit.settlement().sends().isEmpty();
        Instant nextInput = more ? rows.earliestPending(session.id()) : pending;
        var after = new SessionRow(
                session.id(),
                session.agent(),
                next,
                null,
                facts(session.facts(), commit.history().entries()),
                session.metadata(),
                session.createdAt(),
                rows.now(),
                DuePlan.since(nextInput, null, rows.now()),
                false);
        rows.updateHead(after);
        return new CommitResult.Committed(next.revision(), false, dropped, after, prepared.hashes());
    }

    /** A turn that ended otherwise than by an answer waits for nothing any more. */
    private static boolean closesWaits(Commit commit) {
        return !(commit.record().outcome() instanceof TurnOutcome.Answered);
    }

    private static void closeWaits(Rows rows, Commit commit) {
        if (!closesWaits(commit)) {
            return;
        }
        for (WaitRow wait :
                rows.waits(commit.target().session(), commit.target().turn())) {
            if (wait.decision() == null) {
                var id = wait.open().id();
                var closed = Decision.Answer.of(Decision.Verdict.CANCELLED);
                rows.decideWait(id, new Decision(id, closed, "the turn's end", rows.now(), true));
            }
        }
    }

    private void requireResolved(Rows rows, Commit commit) {
        Map<String, Component> components = commit.state().components();
        if (components == null) {
            return;
        }
        components.forEach((name, c) -> {
            if (c.blob() != null && !c.blob().hash().equals(c.hash())) {
                throw new InvalidInputException("component \"" + name + "\" refers to " + c.hash()
                        + ", but its bytes have the hash " + c.blob().hash());
            }
            if (c.blob() == null && !blobs.has(rows, c.hash())) {
                throw new InvalidInputException(
                        "component \"" + name + "\" refers to " + c.hash() + ", which is not stored; send its bytes");
            }
        });
    }

    /** @return whether a row is pending again */
    private static boolean settleInputs(Rows rows, Collection<InboxItem> claimed, Commit commit) {
        var settled = new HashSet<>(commit.settlement().inputs());
        var end = commit.settlement().dead() ? InboxItem.State.DEAD : InboxItem.State.APPLIED;
        for (InboxItem row : claimed) {
            var s = row.status();
            if (row.turn().equals(commit.target().turn()) && !settled.contains(row.sequence())) {
                // Pending again it would open this ended turn once more.
                throw new IllegalStateException("input " + row.sequence() + " opened turn " + row.turn()
                        + " and must be settled by its commit");
            }
            rows.updateInbox(row.sequence(), settled.contains(row.sequence()) ? ended(s, end, commit) : givenBack(s));
        }
        return claimed.stream().anyMatch(row -> !settled.contains(row.sequence()));
    }

    /** It waits again, unless somebody cancelled it while the turn held it (T8). */
    private static InboxItem.Status givenBack(InboxItem.Status s) {
        String cancelled = s.error();
        return cancelled == null
                ? InboxItem.Status.NEW
                : InboxItem.Status.NEW.with(InboxItem.State.CANCELLED).because(cancelled);
    }

    /** A dead row says why (Q14). */
    private static InboxItem.Status ended(InboxItem.Status s, InboxItem.State end, Commit commit) {
        String error = end == InboxItem.State.DEAD && commit.record().outcome() instanceof TurnOutcome.Failed failed
                ? failed.message()
                : null;
        return new InboxItem.Status(end, s.turn(), s.generation(), s.point(), s.attempts(), error);
    }

    private static List<String> send(Rows rows, List<Inbox.NewInput> sends) {
        var dropped = new ArrayList<String>();
        for (Inbox.NewInput input : sends) {
            SessionRow target = rows.session(input.session());
            if (target != null && target.deleted()) {
                dropped.add(input.session());
            } else if (RowInbox.accept(rows, target == null ? input : input.runBy(target.agent()))
                    instanceof Inbox.Accepted.KeyConflict conflict) {
                throw new InvalidInputException(
                        "the commit sends to session \"" + input.session() + "\" under the key \""
                                + input.key() + "\", which was used for other content (turn "
                                + conflict.existing().turn() + "); new content needs a new key");
            }
        }
        return dropped;
    }

    private static void endTurn(Rows rows, @Nullable TurnRow turn, Prepared prepared, Head next, List<String> dropped) {
        Commit commit = prepared.commit();
        if (turn == null) {
            throw new IllegalStateException(
                    "the plan checked that turn " + commit.target().turn() + " is open");
        }
        var ending = new TurnRow.Ending(
                prepared.intent(),
                commit.record().outcome(),
                next.revision(),
                commit.record().turnRecord().hash(),
                next.checkpoint(),
                dropped);
        var t = turn.times();
        rows.updateTurn(turn.ended(ending, new TurnRow.Times(t.openedAt(), t.driven(), null, rows.now())));
    }

    static Facts facts(Facts before, List<Message> entries) {
        long users = entries.stream().filter(m -> m.role() == Message.Role.USER).count();
        String first = before.firstUserText();
        if (first.isEmpty()) {
            first = entries.stream()
                    .filter(m -> m.role() == Message.Role.USER)
                    .map(Message::text)
                    .findFirst()
                    .orElse("");
        }
        return new Facts(
                first.length() <= SHOWN_TEXT ? first : first.substring(0, SHOWN_TEXT),
                Math.addExact(before.userMessages(), users));
    }

    /** The root of a checkpoint: a map of names to hashes, itself a blob (S21). */
    static final class Checkpoints {
        private Checkpoints() {}

        record Stored(int version, String hash, String writer) {}

        static Blob root(Map<String, Component> components) {
            var json = Json.object();
            new TreeMap<>(components)
                    .forEach((name, c) -> json.set(name, Json.tree(new Stored(c.version(), c.hash(), c.writer()))));
            return Blob.of(json.toString());
        }

        static Map<String, Component> read(Blob root) {
            var components = new TreeMap<String, Component>();
            Json.parse(root.text()).properties().forEach(p -> {
                Stored s = Json.convert(p.getValue(), Stored.class);
                components.put(p.getKey(), new Component(s.version(), s.hash(), s.writer(), null));
            });
            return components;
        }
    }
}
