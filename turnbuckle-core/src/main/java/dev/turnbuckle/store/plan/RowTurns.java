package dev.turnbuckle.store.plan;

import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.session.CancelResult;
import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.Page;
import dev.turnbuckle.session.PageRequest;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnSummary;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Leases.Grant;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.TurnRow;
import dev.turnbuckle.store.TurnRow.Gate;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.store.WaitRow;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The turn row over rows. */
final class RowTurns implements Turns {
    /** How much of an input a list shows. */
    private static final int SHOWN_TEXT = 200;

    private final Transactions transactions;
    private final RowBlobs blobs;

    RowTurns(Transactions transactions, RowBlobs blobs) {
        this.transactions = transactions;
        this.blobs = blobs;
    }

    @Override
    public Start start(StartRequest request) {
        return transactions.write(rows -> start(rows, request));
    }

    private Start start(Rows rows, StartRequest request) {
        rows.ahead(Ahead.of(request.session()).with(Ahead.Part.LEASE, Ahead.Part.PENDING));
        SessionRow session = rows.session(request.session());
        if (session == null || session.deleted()) {
            return new Start.Empty(session == null ? EmptyReason.NOTHING : EmptyReason.DELETED, null);
        }
        if (!request.agents().contains(session.agent())) {
            return new Start.Empty(EmptyReason.UNKNOWN_AGENT, null);
        }
        TurnRow open = openTurn(rows, session);
        List<WaitRow> waits = open == null ? List.of() : rows.waits(session.id(), open.id());
        var pending = open == null ? RowInbox.claimable(rows, session.id()) : List.<InboxItem>of();
        var decision = ClaimPlan.decide(open, waits, pending, rows.now());
        if (decision instanceof ClaimPlan.Decision.Nothing nothing) {
            rows.updateWork(session.work(session.openTurn(), nothing.due()));
            return new Start.Empty(nothing.reason(), nothing.due());
        }
        Lease before = rows.lease(RowStorage.scope(session.id()));
        var grant = RowLeases.acquire(rows, transactions, RowStorage.scope(session.id()), request.by(), request.ttl());
        return switch (grant) {
            case Grant.Busy busy -> {
                rows.updateWork(session.work(session.openTurn(), busy.held().expiresAt()));
                yield new Start.Busy(busy.held());
            }
            case Grant.Granted granted ->
                new Start.Go(
                        switch (decision) {
                            case ClaimPlan.Decision.Open row -> {
                                boolean merging = request.merging().contains(session.agent());
                                yield opened(
                                        rows,
                                        session,
                                        row.row(),
                                        merging ? ClaimPlan.merged(row.row(), pending, rows.now()) : List.of(),
                                        granted);
                            }
                            case ClaimPlan.Decision.Reopen again ->
                                reopened(rows, session, again.turn(), lost(before, request.ttl()), waits, granted);
                            case ClaimPlan.Decision.Nothing n -> throw new IllegalStateException("handled above");
                        });
        };
    }

    /** Few sessions have one when they are started; what it left is read then. */
    private static @Nullable TurnRow openTurn(Rows rows, SessionRow session) {
        if (session.openTurn() != null) {
            rows.ahead(Ahead.NOTHING
                    .turn(session.id(), session.openTurn())
                    .with(Ahead.Part.WAITS, Ahead.Part.CLAIMED, Ahead.Part.JOURNAL));
        }
        return RowStorage.openTurn(rows, session);
    }

    private static Started opened(
            Rows rows, SessionRow session, InboxItem row, List<InboxItem> merged, Grant.Granted granted) {
        Lease lease = granted.lease();
        List<InboxItem> claimed = Stream.concat(Stream.of(row), merged.stream())
                .map(i -> i.with(ClaimPlan.claimed(i, row.turn(), lease.generation(), 0)))
                .toList();
        claimed.forEach(i -> rows.updateInbox(i.sequence(), i.status()));
        var turn = new TurnRow(
                session.id(),
                row.turn(),
                session.agent(),
                session.head().revision(),
                userText(row),
                TurnSummary.State.RUNNING,
                Gate.OPEN,
                1,
                new TurnRow.Times(rows.now(), Duration.ZERO, null, null),
                null,
                null);
        rows.insertTurn(turn);
        SessionRow working = session.work(turn.id(), lease.expiresAt());
        rows.updateWork(working);
        return new Started(lease, turn, working, claimed, List.of(), List.of(), granted.displaced());
    }

    private static String userText(InboxItem row) {
        String text = row.kind() == InboxItem.Kind.COMMAND
                ? ""
                : Json.read(row.content(), InboxItem.Content.class).message().text();
        return text.length() <= SHOWN_TEXT ? text : text.substring(0, SHOWN_TEXT);
    }

    /** What a drive that never handed back is known to have spent: until it last renewed its lease (J19). */
    private static Duration lost(@Nullable Lease before, Duration ttl) {
        if (before == null || before.isReleased()) {
            return Duration.ZERO;
        }
        Duration known =
                Duration.between(before.acquiredAt(), before.expiresAt().minus(ttl));
        return known.isNegative() ? Duration.ZERO : known;
    }

    private static Started reopened(
            Rows rows, SessionRow session, TurnRow open, Duration lost, List<WaitRow> waits, Grant.Granted granted) {
        Lease lease = granted.lease();
        List<InboxItem> inputs = rows.claimedBy(session.id(), open.id()).stream()
                .map(i -> i.with(ClaimPlan.claimed(
                        i, open.id(), lease.generation(), i.status().point())))
                .toList();
        inputs.forEach(i -> rows.updateInbox(i.sequence(), i.status()));
        waits.stream()
                .filter(w -> w.decision() == null && w.open().escalates(rows.now()))
                .forEach(w -> rows.escalateWait(w.open().id()));
        var t = open.times();
        TurnRow turn = open.with(TurnSummary.State.RUNNING)
                .with(new TurnRow.Times(t.openedAt(), t.driven().plus(lost), null, null))
                .attempts(open.attempts() + 1, open.lastError());
        rows.updateTurn(turn);
        SessionRow working = session.work(turn.id(), lease.expiresAt());
        rows.updateWork(working);
        List<WaitRow> known = waits.stream().map(w -> expired(rows, w)).toList();
        return new Started(
                lease, turn, working, inputs, rows.journal(session.id(), open.id()), known, granted.displaced());
    }

    /** A deadline is over by the clock that made the turn ready, whatever the driver's own says (L6, J16). */
    private static WaitRow expired(Rows rows, WaitRow row) {
        Instant deadline = row.open().deadline();
        if (row.decision() != null || deadline == null || deadline.isAfter(rows.now())) {
            return row;
        }
        var over = Decision.Answer.of(Decision.Verdict.EXPIRED);
        var decision = new Decision(row.open().id(), over, "deadline", rows.now(), true);
        rows.decideWait(row.open().id(), decision);
        return new WaitRow(row.open(), row.key(), decision);
    }

    @Override
    public Suspension suspend(SuspendRequest request) {
        var stored = blobs.encoded(request.blobs());
        return transactions.write(rows -> {
            Lease lease = request.lease();
            String id = lease.scope().id();
            rows.ahead(ofTurn(id, request.turn())
                    .waits(request.waits().stream().map(w -> w.open().id()).toList())
                    .effects(request.entries().stream().map(JournalEntry::key).toList()));
            String lost = RowStorage.lost(rows, lease);
            if (lost != null) {
                return new Suspension.LeaseLost(lost);
            }
            SessionRow session = rows.session(id);
            TurnRow turn = rows.turn(id, request.turn());
            if (session == null || turn == null || turn.state() != TurnSummary.State.RUNNING) {
                return new Suspension.LeaseLost("turn is not running");
            }
            if (turn.gate().cancelled() || decidedMeanwhile(rows, request.waits())) {
                return new Suspension.Ready();
            }
            stored.forEach(rows::putBlob);
            RowJournal.write(rows, id, request.turn(), request.entries());
            request.waits().stream()
                    .filter(w -> rows.wait(w.open().id()) == null)
                    .forEach(rows::insertWait);
            TurnRow suspended = turn.with(TurnSummary.State.SUSPENDED)
                    .with(new TurnRow.Times(
                            turn.times().openedAt(), turn.times().driven().plus(request.driven()), null, null))
                    .attempts(0, null);
            rows.updateTurn(suspended);
            rows.putLease(lease.released());
            RowStorage.settleWork(rows, session, suspended, null);
            return new Suspension.Suspended();
        });
    }

    private static Ahead ofTurn(String session, TurnId turn) {
        return Ahead.of(session).turn(session, turn).with(Ahead.Part.LEASE, Ahead.Part.WAITS);
    }

    private static boolean decidedMeanwhile(Rows rows, List<WaitRow> waits) {
        return waits.stream().anyMatch(w -> {
            WaitRow stored = rows.wait(w.open().id());
            return stored != null && stored.decision() != null;
        });
    }

    @Override
    public boolean abandon(Lease lease, TurnId turn, Handback handback) {
        return transactions.write(rows -> {
            String id = lease.scope().id();
            rows.ahead(ofTurn(id, turn));
            SessionRow session = rows.session(id);
            TurnRow row = rows.turn(id, turn);
            if (session == null || row == null || RowStorage.lost(rows, lease) != null) {
                return false;
            }
            var t = row.times();
            Instant notBefore = handback.pause().isZero() ? null : rows.now().plus(handback.pause());
            int attempts = handback.counted() ? row.attempts() : Math.max(0, row.attempts() - 1);
            TurnRow left = row.attempts(attempts, handback.error() == null ? row.lastError() : handback.error())
                    .with(new TurnRow.Times(t.openedAt(), t.driven().plus(handback.driven()), notBefore, null));
            rows.updateTurn(left);
            rows.putLease(lease.released());
            RowStorage.settleWork(rows, session, left, null);
            return true;
        });
    }

    @Override
    public CancelResult cancel(String session, TurnId turn, String by, String reason) {
        return transactions.write(rows -> {
            rows.ahead(ofTurn(session, turn));
            SessionRow row = RowStorage.alive(rows, session);
            TurnRow open = row == null ? null : rows.turn(session, turn);
            return open == null || row == null
                    ? cancelInput(rows, session, turn, by, reason)
                    : cancelTurn(rows, row, open, by, reason);
        });
    }

    private static CancelResult cancelTurn(Rows rows, SessionRow session, TurnRow turn, String by, String reason) {
        if (turn.gate().cancelled()) {
            return CancelResult.ALREADY_REQUESTED;
        }
        if (turn.state() == TurnSummary.State.ENDED) {
            return CancelResult.COMPLETION_WON;
        }
        TurnRow cancelled = turn.with(new Gate(Gate.State.CANCELLED, by, reason));
        rows.updateTurn(cancelled);
        RowStorage.settleWork(rows, session, cancelled, rows.lease(RowStorage.scope(session.id())));
        return CancelResult.REQUESTED;
    }

    /** The turn has no row: its input has not been claimed, joined another turn, or is not known. */
    private static CancelResult cancelInput(Rows rows, String session, TurnId turn, String by, String reason) {
        InboxItem item = rows.inboxByTurn(session, turn);
        if (item == null) {
            return CancelResult.UNKNOWN_TURN;
        }
        InboxItem.Status asked = item.status().because(by + ": " + reason);
        return switch (item.status().state()) {
            case PENDING -> {
                rows.updateInbox(item.sequence(), asked.with(InboxItem.State.CANCELLED));
                RowInbox.settle(rows, session);
                yield CancelResult.REQUESTED;
            }
            case CLAIMED -> {
                if (item.status().error() == null) { // so that it does not wait again if the turn has not taken it yet
                    rows.updateInbox(item.sequence(), asked);
                }
                SessionRow row = rows.session(session);
                TurnRow taker = taker(rows, item);
                yield row == null || taker == null
                        ? CancelResult.UNKNOWN_TURN
                        : cancelTurn(rows, row, taker, by, reason);
            }
            case CANCELLED -> CancelResult.ALREADY_REQUESTED;
            case APPLIED, DEAD -> {
                TurnRow taker = taker(rows, item);
                yield taker != null && taker.gate().cancelled()
                        ? CancelResult.ALREADY_REQUESTED
                        : CancelResult.COMPLETION_WON;
            }
        };
    }

    /** The turn that holds or held the input. */
    private static @Nullable TurnRow taker(Rows rows, InboxItem item) {
        TurnId turn = item.status().turn();
        return turn == null ? null : rows.turn(item.session(), turn);
    }

    @Override
    public Optional<TurnRow> find(String session, TurnId turn) {
        return Optional.ofNullable(transactions.<@Nullable TurnRow>read(rows -> rows.turn(session, turn)));
    }

    @Override
    public Page<TurnRow> list(String session, PageRequest page) {
        return transactions.read(rows -> {
            List<TurnRow> found = rows.turns(session, page.after(), page.size() + 1);
            boolean more = found.size() > page.size();
            List<TurnRow> shown = more ? found.subList(0, page.size()) : found;
            return new Page<>(shown, more ? shown.getLast().id().value() : null);
        });
    }

    @Override
    public Set<TurnRef> cancelled(Collection<TurnRef> turns) {
        return transactions.read(rows -> {
            rows.ahead(Ahead.NOTHING.turns(turns.stream()
                    .map(t -> new Ahead.Turn(t.session(), t.turn()))
                    .toList()));
            var found = new LinkedHashSet<TurnRef>();
            for (TurnRef ref : turns) {
                TurnRow row = rows.turn(ref.session(), ref.turn());
                if (row != null && row.gate().cancelled()) {
                    found.add(ref);
                }
            }
            return found;
        });
    }
}
