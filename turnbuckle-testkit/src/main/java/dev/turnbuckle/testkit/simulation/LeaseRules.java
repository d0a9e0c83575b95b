package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Journal;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Leases;
import dev.turnbuckle.store.Turns;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Checker {@code leases}: generations only rise, nobody gets what another one holds, and nothing takes effect under a
 * lease that was lost (L2, L4, J3, S10).
 */
final class LeaseRules extends Checker {
    private final Predicate<Claimant> dead;
    private final Map<String, Held> sessions = new HashMap<>();

    /** The newest lease of one session. */
    private static final class Held {
        final Lease lease;
        Instant until;
        boolean released;

        Held(Lease lease) {
            this.lease = lease;
            this.until = lease.expiresAt();
        }

        boolean live(Instant now) {
            return !released && until.isAfter(now);
        }

        boolean is(Lease other) {
            return lease.generation() == other.generation() && lease.holder().equals(other.holder());
        }
    }

    LeaseRules(Referee referee, Predicate<Claimant> dead) {
        super("leases", referee);
        this.dead = dead;
    }

    @Override
    void seen(Seen call) {
        switch (call.result()) {
            case Turns.Start.Go(var started) -> granted(started.lease(), started.displaced(), call.storeNow());
            case Turns.Start.Busy(var held) ->
                demand(live(held, call.storeNow()), () -> "busy with a lease that nobody has: " + held);
            case Journal.RecordResult.Recorded r -> tookEffect(call, call.argument(0, Lease.class));
            case Journal.RecordResult.LeaseLost(var why) -> refused(call, call.argument(0, Lease.class), why);
            case Inbox.Steers.Claimed(var items)
            when !items.isEmpty() -> tookEffect(call, call.argument(0, Lease.class));
            case Inbox.Steers.LeaseLost(var why) -> refused(call, call.argument(0, Lease.class), why);
            case Turns.Suspension.Suspended s -> ended(call, suspended(call));
            case Turns.Suspension.LeaseLost(var why) -> refused(call, suspended(call), why);
            case CommitResult.Committed c when !c.repeated() -> ended(call, committed(call));
            case CommitResult.LeaseLost(var why) -> refused(call, committed(call), why);
            case Boolean handedBack
            when call.is("Turns.abandon") -> {
                Lease lease = call.argument(0, Lease.class);
                if (handedBack) {
                    ended(call, lease);
                } else {
                    refused(call, lease, "abandon");
                }
            }
            case Integer expired when call.is("Leases.expireDead") && expired > 0 -> expired(call.storeNow());
            case List<?> renewals when call.is("Leases.renew") -> renewed(call, renewals);
            case Boolean b
            when b && call.is("SessionStore.delete") -> {
                Held held = sessions.get(call.argument(0, String.class));
                if (held != null) {
                    held.released = true;
                }
            }
            case null, default -> {}
        }
    }

    private static Lease suspended(Seen call) {
        return call.argument(0, Turns.SuspendRequest.class).lease();
    }

    private static Lease committed(Seen call) {
        return call.argument(0, Commit.class).target().lease();
    }

    private void granted(Lease lease, @Nullable Claimant displaced, Instant now) {
        Held before = sessions.get(lease.scope().id());
        if (before != null && before.is(lease)) {
            demand(before.live(now), () -> "the lost lease " + lease + " was granted again");
            return;
        }
        if (before != null) {
            demand(
                    lease.generation() > before.lease.generation(),
                    () -> "the generation did not rise: " + before.lease + ", then " + lease);
            boolean stolen = before.live(now) && !dead.test(before.lease.holder());
            demand(!stolen, () -> lease + " was granted while " + before.lease + " lives until " + before.until);
            boolean takenOver = !before.released;
            demand(
                    takenOver == (displaced != null),
                    () -> lease + " displaced " + displaced + ", the lease before is " + before.lease);
            if (takenOver) {
                count(before.live(now) ? "takeover from a dead node" : "takeover after expiry");
            }
        }
        sessions.put(lease.scope().id(), new Held(lease));
    }

    private boolean live(Lease lease, Instant now) {
        Held held = sessions.get(lease.scope().id());
        return held != null && held.is(lease) && held.live(now);
    }

    private void tookEffect(Seen call, Lease lease) {
        demand(
                live(lease, call.storeNow()),
                () -> call.operation() + " of " + call.node() + " took effect under the lost lease " + lease);
    }

    private void ended(Seen call, Lease lease) {
        tookEffect(call, lease);
        Held held = sessions.get(lease.scope().id());
        if (held != null && held.is(lease)) {
            held.released = true;
        }
    }

    private void refused(Seen call, Lease lease, String why) {
        boolean ofTheTurn = why.startsWith("turn is not");
        demand(
                ofTheTurn || !live(lease, call.storeNow()),
                () -> call.operation() + " was refused (" + why + ") under the live lease " + lease);
        Held held = sessions.get(lease.scope().id());
        boolean superseded = held != null && held.lease.generation() > lease.generation();
        count("lease lost: " + call.operation() + (superseded ? " of a superseded driver" : " of an expired driver"));
    }

    private void renewed(Seen call, List<?> renewals) {
        List<?> asked = call.argument(0, List.class);
        for (int i = 0; i < renewals.size(); i++) {
            Lease lease = (Lease) asked.get(i);
            switch ((Leases.Renewal) renewals.get(i)) {
                case Leases.Renewal.Renewed(var renewed) -> {
                    tookEffect(call, lease);
                    longer(lease, renewed);
                }
                case Leases.Renewal.Refused refused -> refused(call, lease, refused.why());
            }
        }
    }

    private void longer(Lease lease, Lease renewed) {
        Held held = sessions.get(lease.scope().id());
        if (held != null) {
            demand(held.is(renewed), () -> "a renewal changed " + held.lease + " into " + renewed);
            demand(
                    !renewed.expiresAt().isBefore(held.until),
                    () -> "a renewal shortened " + held.lease + " from " + held.until + " to " + renewed.expiresAt());
            held.until = renewed.expiresAt();
        }
    }

    private void expired(Instant now) {
        for (Held held : sessions.values()) {
            if (held.live(now) && dead.test(held.lease.holder())) {
                held.until = now;
                count("takeover from a dead node");
            }
        }
    }

    @Override
    void atTheEnd(Remains remains) {
        demand(remains.leases().isEmpty(), () -> "leases that nobody needs any more: " + remains.leases());
        for (Held held : sessions.values()) {
            demand(held.released, () -> "the lease of an idle session was not released: " + held.lease);
        }
    }
}
