package dev.turnbuckle.store.plan;

import dev.turnbuckle.internal.codec.Hash;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.session.MoveResult;
import dev.turnbuckle.session.SessionSummary.Metadata;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Leases.Grant;
import dev.turnbuckle.store.Move;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.SessionRow.Head;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The head moved outside a turn (T7): the lease is taken and given back in the transaction that moves it. */
final class RowMoves {
    /** The lease does not outlive the transaction; it only has to be longer than none. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    private RowMoves() {}

    static Move.Done move(Rows rows, Transactions transactions, Move move) {
        SessionRow stored = RowStorage.alive(rows, move.session());
        SessionRow session =
                stored == null ? RowSessions.created(rows, move.session(), move.agent(), Metadata.NONE) : stored;
        if (session.openTurn() != null) {
            return new Move.Done(new MoveResult.TurnOpen(session.openTurn()), null);
        }
        var grant = RowLeases.acquire(rows, transactions, RowStorage.scope(session.id()), move.claimant(), SHORT);
        return switch (grant) {
            case Grant.Busy(var held) ->
                new Move.Done(new MoveResult.Busy(held.holder().worker(), held.expiresAt()), null);
            case Grant.Granted granted -> moved(rows, session, granted.lease(), move);
        };
    }

    private static Move.Done moved(Rows rows, SessionRow session, Lease lease, Move move) {
        List<String> messages =
                move.history().entries().stream().map(Json::write).toList();
        List<String> hashes = messages.stream().map(Hash::of).toList();
        Head head = HistoryPath.append(rows, session, move.history(), move.by(), messages, hashes);
        Head next = new Head(
                Math.addExact(session.head().revision(), 1),
                head.branch(),
                head.depth(),
                head.chain(),
                move.clearState() ? null : head.checkpoint());
        Instant due = DuePlan.since(rows.earliestPending(session.id()), session.due(), rows.now());
        var after = new SessionRow(
                session.id(),
                session.agent(),
                next,
                null,
                RowSessions.facts(session.facts(), move.history().entries()),
                session.metadata(),
                session.createdAt(),
                rows.now(),
                due,
                false);
        rows.updateHead(after);
        rows.putLease(lease.released());
        return new Move.Done(new MoveResult.Moved(next.revision()), after);
    }
}
