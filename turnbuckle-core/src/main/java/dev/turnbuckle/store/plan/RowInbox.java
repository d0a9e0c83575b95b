package dev.turnbuckle.store.plan;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.internal.codec.Hash;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.InboxItem.State;
import dev.turnbuckle.session.SessionId;
import dev.turnbuckle.session.SessionSummary.Metadata;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.TurnRow;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The inbox over rows. */
final class RowInbox implements Inbox {
    private final Transactions transactions;
    private final RowBlobs blobs;
    private final int maxBytes;

    RowInbox(Transactions transactions, RowBlobs blobs, int maxBytes) {
        this.transactions = transactions;
        this.blobs = blobs;
        this.maxBytes = maxBytes;
    }

    @Override
    public Accepted accept(NewInput input) {
        SessionId.require(input.session());
        requireSize(input, maxBytes);
        var stored = blobs.encoded(input.blobs());
        return transactions.write(rows -> {
            var ahead = Ahead.of(input.session()).accepting(List.of(input));
            rows.ahead(
                    input.delivery() == InboxItem.Delivery.SUPERSEDE
                            ? ahead.with(Ahead.Part.OPEN_TURN, Ahead.Part.WAITS)
                            : ahead);
            Accepted accepted = accept(rows, input);
            if (accepted instanceof Accepted.Row row && !row.existing()) {
                stored.forEach(rows::putBlob);
            }
            return accepted;
        });
    }

    /** Whoever sends it (Q3). */
    static void requireSize(NewInput input, int maxBytes) {
        int bytes = input.content().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > maxBytes) {
            throw new InvalidInputException("an input is limited to " + maxBytes + " bytes, this one has " + bytes
                    + "; send large content as an attachment or raise the storage's limit");
        }
    }

    static Accepted accept(Rows rows, NewInput input) {
        SessionRow session = RowStorage.alive(rows, input.session());
        if (session == null) {
            session = RowSessions.created(rows, input.session(), input.agent(), Metadata.NONE);
        } else if (!session.agent().equals(input.agent())) {
            throw new InvalidInputException("session \"" + input.session() + "\" runs the agent \"" + session.agent()
                    + "\", not \"" + input.agent() + "\"; open it with its own agent or use another id");
        }
        String hash = contentHash(input);
        InboxItem known = input.key() == null ? null : rows.inboxByKey(input.session(), input.key());
        if (known != null) {
            String knownHash = rows.contentHash(known.sequence());
            return knownHash.equals(hash)
                    ? new Accepted.Row(known, true, session.openTurn())
                    : new Accepted.KeyConflict(known, knownHash, hash);
        }
        Instant now = rows.now();
        InboxItem item = item(input, 0, now);
        long sequence = rows.insertInbox(item, hash);
        if (input.share() != null) {
            rows.updateShare(session.id(), input.share(), input.share().equals(NewInput.OTHERS));
        }
        if (input.delivery() == InboxItem.Delivery.SUPERSEDE && session.openTurn() != null) {
            RowJournal.supersede(rows, session.id(), session.openTurn());
        }
        if (session.openTurn() == null
                && (session.due() == null || item.availableAt().isBefore(session.due()))) {
            rows.updateWork(session.work(null, item.availableAt()));
        }
        return new Accepted.Row(item(input, sequence, now), false, session.openTurn());
    }

    private static InboxItem item(NewInput input, long sequence, Instant now) {
        return new InboxItem(
                sequence,
                input.session(),
                input.turn(),
                input.kind(),
                input.delivery(),
                input.content(),
                input.key(),
                input.context(),
                input.trace(),
                now.plus(input.delay()),
                now,
                InboxItem.Status.NEW);
    }

    private static String contentHash(NewInput input) {
        return Hash.of(input.kind().name(), input.content(), new TreeMap<>(input.context()).toString());
    }

    @Override
    public Optional<InboxItem> find(String session, Ref ref) {
        return Optional.ofNullable(transactions.<@Nullable InboxItem>read(rows -> find(rows, session, ref)));
    }

    private static @Nullable InboxItem find(Rows rows, String session, Ref ref) {
        InboxItem row = switch (ref) {
            case Ref.Sequence s -> rows.inbox(s.value());
            case Ref.Key k -> rows.inboxByKey(session, k.value());
            case Ref.Turn t -> rows.inboxByTurn(session, t.value());
        };
        return row != null && row.session().equals(session) ? row : null;
    }

    @Override
    public List<InboxItem> list(String session, Set<State> states) {
        return transactions.read(rows -> rows.inboxOf(session, 0, states));
    }

    @Override
    public Steers claimSteers(Lease lease, TurnId turn, int point) {
        String session = lease.scope().id();
        boolean nothing = transactions.read(rows -> {
            rows.ahead(Ahead.of(session).turn(session, turn).with(Ahead.Part.CLAIMED, Ahead.Part.PENDING));
            return rows.claimedBy(session, turn).stream()
                            .noneMatch(i -> i.status().point() == point)
                    && !steered(rows, session);
        });
        return nothing
                ? new Steers.Claimed(List.of())
                : transactions.write(rows -> claimSteers(rows, lease, turn, point));
    }

    private static Steers claimSteers(Rows rows, Lease lease, TurnId turn, int point) {
        String session = lease.scope().id();
        rows.ahead(
                Ahead.of(session).turn(session, turn).with(Ahead.Part.LEASE, Ahead.Part.CLAIMED, Ahead.Part.PENDING));
        String lost = RowStorage.lost(rows, lease);
        if (lost != null) {
            return new Steers.LeaseLost(lost);
        }
        List<InboxItem> before = rows.claimedBy(session, turn).stream()
                .filter(i -> i.status().point() == point)
                .toList();
        if (!before.isEmpty()) {
            return new Steers.Claimed(before);
        }
        List<InboxItem> joining = joining(rows, session).stream()
                .map(i -> i.with(ClaimPlan.claimed(i, turn, lease.generation(), point)))
                .toList();
        joining.forEach(i -> rows.updateInbox(i.sequence(), i.status()));
        return new Steers.Claimed(joining);
    }

    /** Whether something waits that joins the running turn at its next safe point (Q5). */
    static boolean steered(Rows rows, String session) {
        return rows.maySteer(session) && !joining(rows, session).isEmpty();
    }

    private static List<InboxItem> joining(Rows rows, String session) {
        List<InboxItem> first = rows.pending(session, ClaimPlan.LOOKED_AT);
        return (first.size() < ClaimPlan.LOOKED_AT ? first : everythingPending(rows, session))
                .stream().filter(i -> ClaimPlan.joins(i, rows.now())).toList();
    }

    /** Pending rows, among them the one to claim: a few, or all when the first few are all for later (Q6). */
    static List<InboxItem> claimable(Rows rows, String session) {
        List<InboxItem> first = rows.pending(session, ClaimPlan.LOOKED_AT);
        boolean enough = first.size() < ClaimPlan.LOOKED_AT
                || first.stream().anyMatch(i -> !i.availableAt().isAfter(rows.now()));
        return enough ? first : everythingPending(rows, session);
    }

    private static List<InboxItem> everythingPending(Rows rows, String session) {
        return rows.inboxOf(session, 0, Set.of(State.PENDING));
    }

    @Override
    public List<CancelAnswer> cancel(String session, List<Ref> refs) {
        return transactions.write(rows -> {
            RowStorage.alive(rows, session);
            List<CancelAnswer> answers =
                    refs.stream().map(ref -> cancel(rows, session, ref)).toList();
            settle(rows, session);
            return answers;
        });
    }

    @Override
    public Optional<List<CancelAnswer>> cancelFrom(String session, Ref anchor) {
        return transactions.write(rows -> {
            RowStorage.alive(rows, session);
            InboxItem first = find(rows, session, anchor);
            if (first == null) {
                return Optional.empty();
            }
            List<CancelAnswer> answers = rows.inboxOf(session, first.sequence(), Set.of(State.values())).stream()
                    .map(i -> cancel(rows, i))
                    .toList();
            settle(rows, session);
            return Optional.of(answers);
        });
    }

    @Override
    public DeadAnswer retry(String session, Ref dead, TurnId turn, String by) {
        return transactions.write(rows -> {
            SessionRow alive = RowStorage.alive(rows, session);
            InboxItem row = find(rows, session, dead);
            if (alive == null || row == null) {
                return new DeadAnswer.NotFound(dead);
            }
            if (row.status().state() != State.DEAD) {
                return new DeadAnswer.NotDead(row);
            }
            finish(rows, row, "retried as turn " + turn + " by " + by);
            var again = new NewInput(
                    session,
                    alive.agent(),
                    turn,
                    row.kind(),
                    InboxItem.Delivery.NEXT_TURN,
                    row.content(),
                    null,
                    row.context(),
                    row.trace(),
                    Duration.ZERO);
            return new DeadAnswer.Retried(((Accepted.Row) accept(rows, again)).item());
        });
    }

    @Override
    public DeadAnswer drop(String session, Ref dead, String by) {
        return transactions.write(rows -> {
            RowStorage.alive(rows, session);
            InboxItem row = find(rows, session, dead);
            if (row == null) {
                return new DeadAnswer.NotFound(dead);
            }
            return row.status().state() == State.DEAD
                    ? new DeadAnswer.Dropped(finish(rows, row, "dropped by " + by))
                    : new DeadAnswer.NotDead(row);
        });
    }

    private static InboxItem finish(Rows rows, InboxItem row, String how) {
        var s = row.status();
        String error = s.error() == null ? how : how + "; died of: " + s.error();
        InboxItem finished = row.with(
                new InboxItem.Status(State.CANCELLED, s.turn(), s.generation(), s.point(), s.attempts(), error));
        rows.updateInbox(row.sequence(), finished.status());
        return finished;
    }

    private static CancelAnswer cancel(Rows rows, String session, Ref ref) {
        InboxItem row = find(rows, session, ref);
        return row == null ? new CancelAnswer.NotFound(ref) : cancel(rows, row);
    }

    private static CancelAnswer cancel(Rows rows, InboxItem row) {
        return switch (row.status().state()) {
            case PENDING -> {
                InboxItem cancelled = row.with(row.status().with(State.CANCELLED));
                rows.updateInbox(row.sequence(), cancelled.status());
                yield new CancelAnswer.Cancelled(cancelled);
            }
            case CLAIMED -> {
                TurnId by = row.status().turn();
                yield new CancelAnswer.AlreadyClaimed(row, by == null ? row.turn() : by);
            }
            case APPLIED, CANCELLED, DEAD -> new CancelAnswer.Finished(row);
        };
    }

    /** After rows were cancelled: when the session is due now, if no turn is open. */
    static void settle(Rows rows, String session) {
        SessionRow row = rows.session(session);
        TurnRow open = row == null ? null : RowStorage.openTurn(rows, row);
        if (row != null && open == null) {
            RowStorage.settleWork(rows, row, null, null);
        }
    }

    @Override
    public List<String> due(Set<String> agents, Duration since, int most) {
        return agents.isEmpty() ? List.of() : transactions.read(rows -> rows.due(agents, since, most));
    }

    /** How long other nodes leave them alone: a start is a matter of milliseconds. */
    private static final Duration CHOSEN = Duration.ofSeconds(2);

    @Override
    public List<String> choose(List<String> sessions) {
        if (!transactions.tellsChosen() || sessions.isEmpty()) {
            return sessions;
        }
        Set<String> chosen = Set.copyOf(transactions.write(rows -> rows.choose(sessions, CHOSEN)));
        return sessions.stream().filter(chosen::contains).toList();
    }

    @Override
    public List<Share> dueByShare(Set<String> agents, Duration since, String after, int most, int each) {
        return agents.isEmpty()
                ? List.of()
                : transactions.read(rows -> rows.dueByShare(agents, since, after, most, each));
    }

    @Override
    public Optional<Duration> untilDue(Set<String> agents) {
        return agents.isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(transactions.<@Nullable Duration>read(rows -> rows.untilDue(agents)));
    }
}
