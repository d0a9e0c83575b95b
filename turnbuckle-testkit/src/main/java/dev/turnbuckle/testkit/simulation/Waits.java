package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.store.WaitRow;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Checker {@code waits}: the first answer wins and stays, a suspended turn does nothing, and what needs a person's word
 * does not run without it (J15, J16, J18, T5, T6).
 */
final class Waits extends Checker {
    private static final class Asked {
        final OpenWait open;
        final String task;

        @Nullable Decision decision;

        Asked(OpenWait open) {
            this.open = open;
            this.task = Script.taskOf(open.details());
        }

        @Override
        public String toString() {
            return open.question() + (decision == null ? "" : " " + decision.answer() + " by " + decision.by());
        }
    }

    private final Map<String, Asked> waits = new TreeMap<>();

    /** Calls that were allowed, also in sessions that were deleted since. */
    private final Set<Approved> approved = new HashSet<>();

    private record Approved(TurnId turn, String task) {}

    /** Suspended turns, and who drove them last. */
    private final Map<TurnId, String> suspended = new HashMap<>();

    Waits(Referee referee) {
        super("waits", referee);
    }

    @Override
    void seen(Seen call) {
        switch (call.result()) {
            case Turns.Suspension.Suspended s -> suspended(call.argument(0, Turns.SuspendRequest.class), call.node());
            case Turns.Suspension.Ready r -> count("not suspended: ready again");
            case Turns.Start.Go(var started) -> started(started, call.node(), call.storeNow());
            case Optional<?> answer
            when call.is("Journal.resolve") ->
                resolved(
                        call.argument(0, WaitId.class),
                        call.argument(1, Decision.Answer.class),
                        call.argument(2, String.class),
                        answer.map(Decision.class::cast).orElse(null),
                        call.storeNow());
            case Integer n
            when call.is("Journal.cancelWaits") ->
                cancelledAll(call.argument(0, String.class), n, call.argument(1, String.class));
            case Inbox.Accepted.Row row when !row.existing() -> superseded(call.argument(0, Inbox.NewInput.class), row);
            case CommitResult.Committed c when !c.repeated() -> committed(call.argument(0, Commit.class));
            case Boolean b
            when b && call.is("SessionStore.delete") -> {
                String session = call.argument(0, String.class);
                waits.values().removeIf(w -> w.open.session().equals(session));
            }
            case null, default -> {}
        }
    }

    private List<Asked> open(TurnId turn) {
        return waits.values().stream()
                .filter(w -> w.open.turn().equals(turn) && w.decision == null)
                .toList();
    }

    private void suspended(Turns.SuspendRequest request, String node) {
        for (var row : request.waits()) {
            Asked known = waits.get(row.open().id().value());
            demand(
                    known == null || known.decision == null,
                    () -> "turn " + word(request.turn()) + " was suspended on the answered wait " + known);
            if (known == null) {
                waits.put(row.open().id().value(), new Asked(row.open()));
            }
        }
        demand(!open(request.turn()).isEmpty(), () -> "turn " + word(request.turn()) + " waits for nothing");
        suspended.put(request.turn(), node);
        count("suspended");
    }

    private void started(Turns.Started started, String node, Instant now) {
        TurnId turn = started.turn().id();
        String before = suspended.remove(turn);
        if (before != null && !before.equals(node)) {
            count("suspended in one life, continued in another");
        }
        for (WaitRow row : started.waits()) {
            Asked own = waits.get(row.open().id().value());
            if (own != null && own.decision == null && row.decision() != null) {
                expired(own, row.decision(), now);
            }
            if (row.open().escalation() != null && row.open().escalation().done()) {
                count("wait escalated");
            }
            Decision given = row.decision();
            boolean same = own != null
                    && (own.decision == null
                            ? given == null
                            : given != null && own.decision.answer().equals(given.answer()));
            demand(same, () -> "the driver of " + word(turn) + " was handed " + row + " for " + own);
        }
    }

    /** The store answers in the name of the deadline when it starts the turn. */
    private void expired(Asked wait, Decision decision, Instant now) {
        Instant deadline = wait.open.deadline();
        demand(
                decision.answer().verdict() == Decision.Verdict.EXPIRED && deadline != null && !deadline.isAfter(now),
                () -> "nobody decided " + wait.open + " with the deadline " + deadline + ", yet it is " + decision);
        wait.decision = decision;
        count("wait EXPIRED");
    }

    private void resolved(WaitId id, Decision.Answer answer, String by, @Nullable Decision told, Instant now) {
        Asked wait = waits.get(id.value());
        demand((wait == null) == (told == null), () -> "the answer to wait " + id + " was " + told + ", it is " + wait);
        if (wait == null || told == null) {
            return;
        }
        Decision first = wait.decision;
        demand(told.first() == (first == null), () -> "an answer to " + wait + " was told " + told);
        if (first != null) {
            count("second answer to a wait");
            demand(
                    told.answer().equals(first.answer()) && told.by().equals(first.by()),
                    () -> "the second answer to " + wait + " was told " + told);
            return;
        }
        wait.decision = told;
        demand(told.answer().equals(answer) && told.by().equals(by), () -> "an answer was changed: " + told);
        count("wait " + answer.verdict());
        if (answer.verdict() == Decision.Verdict.APPROVED) {
            approved.add(new Approved(wait.open.turn(), wait.task));
        }
        Instant deadline = wait.open.deadline();
        boolean early = answer.verdict() == Decision.Verdict.EXPIRED && deadline != null && deadline.isAfter(now);
        demand(!early, () -> "wait " + wait.open + " expired before its deadline " + deadline);
    }

    private void cancelledAll(String session, int told, String by) {
        List<Asked> open = waits.values().stream()
                .filter(w -> w.open.session().equals(session) && w.decision == null)
                .toList();
        demand(open.size() == told, () -> told + " waits of " + session + " were cancelled, open were " + open);
        open.forEach(w -> decide(w, Decision.Verdict.CANCELLED, by));
    }

    private void decide(Asked wait, Decision.Verdict verdict, String by) {
        wait.decision = new Decision(wait.open.id(), Decision.Answer.of(verdict), by, Instant.EPOCH, true);
        count("wait " + verdict);
    }

    private void superseded(Inbox.NewInput input, Inbox.Accepted.Row row) {
        if (input.delivery() == InboxItem.Delivery.SUPERSEDE && row.open() != null) {
            open(row.open()).forEach(w -> decide(w, Decision.Verdict.SUPERSEDED, "a new input"));
        }
    }

    private void committed(Commit commit) {
        TurnId turn = commit.target().turn();
        suspended.remove(turn);
        List<Asked> open = open(turn);
        demand(
                open.isEmpty() || !(commit.record().outcome() instanceof TurnOutcome.Answered),
                () -> "turn " + word(turn) + " answered while it waits for " + open);
        open.forEach(w -> decide(w, Decision.Verdict.CANCELLED, "the turn's end"));
    }

    @Override
    void bodyStarted(Body body) {
        String driver = suspended.get(body.turn);
        demand(
                driver == null || !driver.equals(body.node),
                () -> "body " + body + " was started while its turn is suspended");
        if (body.errand.approved()) {
            demand(
                    approved.contains(new Approved(body.turn, body.task)),
                    () -> "body " + body + " was started, and nobody had approved it");
        }
    }

    @Override
    void atTheEnd(Remains remains) {
        demand(remains.openWaits().isEmpty(), () -> "questions that nobody asks any more: " + remains.openWaits());
        for (Asked wait : waits.values()) {
            demand(wait.decision != null, () -> "nobody answered " + wait);
        }
    }
}
