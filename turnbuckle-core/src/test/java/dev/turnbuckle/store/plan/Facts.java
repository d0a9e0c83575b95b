package dev.turnbuckle.store.plan;

import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnSummary;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Scope;
import dev.turnbuckle.store.TurnRow;
import dev.turnbuckle.store.WaitRow;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Rows that decisions are made from. */
final class Facts {
    static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    static final Scope SCOPE = Scope.session("s");
    static final Claimant ANN = new Claimant("ann", "ann-1", "token-a");
    static final Claimant BOB = new Claimant("bob", "bob-1", "token-b");
    static final Duration TTL = Duration.ofSeconds(30);

    private Facts() {}

    static Lease lease(Claimant holder, long generation, Instant expiresAt) {
        return new Lease(SCOPE, holder, generation, NOON.minusSeconds(60), expiresAt);
    }

    static TurnRow running() {
        return new TurnRow(
                "s",
                new TurnId("t-1"),
                "agent",
                0,
                "Hello",
                TurnSummary.State.RUNNING,
                TurnRow.Gate.OPEN,
                1,
                new TurnRow.Times(NOON, Duration.ZERO, null, null),
                null,
                null);
    }

    static TurnRow suspended() {
        return running().with(TurnSummary.State.SUSPENDED);
    }

    static TurnRow notBefore(TurnRow turn, Instant instant) {
        return turn.with(new TurnRow.Times(NOON, Duration.ZERO, instant, null));
    }

    static TurnRow cancelled(TurnRow turn) {
        return turn.with(new TurnRow.Gate(TurnRow.Gate.State.CANCELLED, "alice", "stop"));
    }

    static WaitRow asked(String id, Instant deadline) {
        var open = new OpenWait(
                new WaitId(id), "s", new TurnId("t-1"), OpenWait.Kind.APPROVAL, "May it?", "{}", NOON, deadline, null);
        return new WaitRow(open, "model/1/tool/0/approval", null);
    }

    static InboxItem row(long sequence, InboxItem.Kind kind, InboxItem.Delivery delivery, Instant availableAt) {
        return new InboxItem(
                sequence,
                "s",
                new TurnId("t-" + sequence),
                kind,
                delivery,
                "{}",
                null,
                Map.of(),
                null,
                availableAt,
                NOON.minusSeconds(60),
                InboxItem.Status.NEW);
    }
}
