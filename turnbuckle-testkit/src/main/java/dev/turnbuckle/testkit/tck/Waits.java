package dev.turnbuckle.testkit.tck;

import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Turns.Started;
import dev.turnbuckle.store.Turns.SuspendRequest;
import dev.turnbuckle.store.WaitRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Waits of a started turn. */
final class Waits {
    static final Duration DRIVEN = Duration.ofSeconds(3);

    private Waits() {}

    static WaitRow approval(Started started, String id) {
        return approval(started, id, null);
    }

    static WaitRow approval(Started started, String id, @Nullable Instant deadline) {
        var open = new OpenWait(
                new WaitId(id),
                started.session().id(),
                started.turn().id(),
                OpenWait.Kind.APPROVAL,
                "May it run?",
                "{\"tool\":\"refund\"}",
                ManualClock.BEGINNING,
                deadline,
                null);
        return new WaitRow(open, "model/1/tool/0/approval/" + id, null);
    }

    /** The same, to be put before the duty officer too after this time. */
    static WaitRow escalating(Started started, String id, Duration after) {
        WaitRow plain = approval(started, id);
        var o = plain.open();
        var escalation = new OpenWait.Escalation(o.since().plus(after), "duty officer", false);
        var open = new OpenWait(
                o.id(), o.session(), o.turn(), o.kind(), o.question(), o.details(), o.since(), null, escalation);
        return new WaitRow(open, plain.key(), null);
    }

    static SuspendRequest suspension(Started started, WaitRow... waits) {
        return suspension(started, List.of(), waits);
    }

    static SuspendRequest suspension(Started started, List<JournalEntry> entries, WaitRow... waits) {
        return new SuspendRequest(started.lease(), started.turn().id(), List.of(waits), entries, List.of(), DRIVEN);
    }
}
