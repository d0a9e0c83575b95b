package dev.turnbuckle.store.plan;

import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.InboxItem.Kind;
import dev.turnbuckle.session.InboxItem.State;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnSummary;
import dev.turnbuckle.store.TurnRow;
import dev.turnbuckle.store.Turns.EmptyReason;
import dev.turnbuckle.store.WaitRow;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides what a driver gets (Q9 to Q11, T5, T6). */
public final class ClaimPlan {
    /** How many pending rows are looked at first; all of them only when these bring nothing. */
    public static final int LOOKED_AT = 64;

    private ClaimPlan() {}

    sealed interface Decision {
        /** The open turn goes on with the rows that it has. */
        record Reopen(TurnRow turn) implements Decision {}

        /** A new turn of this one row. */
        record Open(InboxItem row) implements Decision {}

        record Nothing(EmptyReason reason, @Nullable Instant due) implements Decision {}
    }

    static Decision decide(@Nullable TurnRow open, List<WaitRow> waits, List<InboxItem> pending, Instant now) {
        return open != null ? reopen(open, waits, now) : open(pending, now);
    }

    private static Decision reopen(TurnRow open, List<WaitRow> waits, Instant now) {
        Instant notBefore = open.times().notBefore();
        if (open.state() == TurnSummary.State.RUNNING) {
            return notBefore != null && notBefore.isAfter(now) && !open.gate().cancelled()
                    ? new Decision.Nothing(EmptyReason.NOT_YET, notBefore)
                    : new Decision.Reopen(open);
        }
        boolean woken = notBefore != null; // since then, also when the clock was set back meanwhile
        Instant next = DuePlan.earliest(waits);
        boolean late = next != null && !next.isAfter(now);
        return woken || late || open.gate().cancelled()
                ? new Decision.Reopen(open)
                : new Decision.Nothing(EmptyReason.TURN_WAITS, next);
    }

    /** Oldest first; a command that is due goes before the work behind it and alone, which order by sequence gives. */
    private static Decision open(List<InboxItem> pending, Instant now) {
        Instant next = null;
        for (InboxItem row : pending) {
            if (!row.availableAt().isAfter(now)) {
                return new Decision.Open(row);
            }
            next = next == null || row.availableAt().isBefore(next) ? row.availableAt() : next;
        }
        return new Decision.Nothing(next == null ? EmptyReason.NOTHING : EmptyReason.NOT_YET, next);
    }

    /** How many inputs become one turn at most (T1). */
    public static final int MAX_MERGED = 32;

    /** Inputs that wait right behind the one that opens a turn and join it (T1), in order. */
    static List<InboxItem> merged(InboxItem first, List<InboxItem> pending, Instant now) {
        if (!merges(first)) {
            return List.of();
        }
        return pending.stream()
                .dropWhile(row -> row.sequence() <= first.sequence())
                .takeWhile(row -> merges(row)
                        && !row.availableAt().isAfter(now)
                        && row.context().equals(first.context()))
                .limit(MAX_MERGED - 1)
                .toList();
    }

    private static boolean merges(InboxItem row) {
        return row.kind() == Kind.USER
                && Json.read(row.content(), InboxItem.Content.class).answerSchema() == null;
    }

    /** The row's status once it is claimed; attempts are counted here (Q14). */
    static InboxItem.Status claimed(InboxItem row, TurnId turn, long generation, int point) {
        var s = row.status();
        return new InboxItem.Status(State.CLAIMED, turn, generation, point, s.attempts() + 1, s.error());
    }

    /** Whether a pending row joins a running turn at a safe point (Q5). */
    static boolean joins(InboxItem row, Instant now) {
        return row.kind() == Kind.USER
                && row.delivery() == InboxItem.Delivery.STEER
                && !row.availableAt().isAfter(now);
    }
}
