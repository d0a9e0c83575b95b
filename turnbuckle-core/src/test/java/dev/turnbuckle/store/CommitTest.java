package dev.turnbuckle.store;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.Usage;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommitTest {
    private static final TurnId TURN = new TurnId("t-1");

    /** So a storage may write it without looking whether it is there. */
    @Test
    void s32_usageOfAnotherTurnIsRefused() {
        var lease = new Lease(
                Scope.session("s"),
                new Claimant("worker", "incarnation", "token"),
                1,
                Instant.EPOCH,
                Instant.EPOCH.plusSeconds(30));
        var record = new Commit.Record(
                new TurnOutcome.Answered(TURN, "done", Usage.NONE), Blob.of("record"), List.of(), List.of());
        var usage = new UsageRow(new TurnId("t-2"), 1, "model", "m", Usage.of(1, 2));
        assertThatThrownBy(() -> new Commit(
                        new Commit.Target("s", TURN, lease, 0),
                        Commit.History.append(List.of()),
                        Commit.State.UNCHANGED,
                        new Commit.Settlement(List.of(), false, List.of(), List.of(usage)),
                        record))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("usage of turn t-2 in the commit of turn t-1: a commit counts its own turn's");
    }
}
