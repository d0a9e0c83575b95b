package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Journal;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.Leases;
import dev.turnbuckle.store.Turns;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Checker {@code effects}: what is recorded stays and is never performed again, a {@code ONCE} body starts at most once
 * unless a person says so, and never before its start is recorded (J1, J3, J8, J9, J13).
 */
final class Effects extends Checker {
    /** One recorded effect. */
    private record Recorded(String task, @Nullable String outcome) {}

    private record Errands(TurnId turn, String task) {}

    private final Inputs inputs;
    private final Map<TurnId, Map<String, Recorded>> journals = new HashMap<>();
    private final Map<Errands, List<Body>> bodies = new HashMap<>();
    private final Map<String, Errands> idempotencyKeys = new HashMap<>();
    private final Map<Integer, Asked> asked = new HashMap<>();
    private final Set<List<Message>> recordedRequests = new HashSet<>();
    private final Map<String, Errands> questions = new HashMap<>();
    private final Map<Errands, Integer> runAgain = new HashMap<>();

    /** Who drives the turn now. */
    private final Map<TurnId, String> drivers = new HashMap<>();

    /** Lives that lost a lease of a session: what they had begun may still start. */
    private final Set<String> zombies = new HashSet<>();

    Effects(Referee referee) {
        super("effects", referee);
        this.inputs = referee.inputs;
    }

    @Override
    void seen(Seen call) {
        switch (call.result()) {
            case Turns.Start.Go(var started) -> started(started, call.node());
            case Journal.RecordResult.Recorded r -> recorded(call, r);
            case Turns.Suspension.Suspended s -> {
                var request = call.argument(0, Turns.SuspendRequest.class);
                request.entries().forEach(e -> keep(request.turn(), e));
                request.waits()
                        .forEach(w -> questions.put(
                                w.open().id().value(),
                                new Errands(
                                        request.turn(), Script.taskOf(w.open().details()))));
            }
            case CommitResult.Committed c when !c.repeated() -> committed(call.argument(0, Commit.class));
            case Optional<?> o
            when call.is("Journal.resolve") && o.isPresent() ->
                resolved(call.argument(0, WaitId.class), (Decision) o.get());
            case List<?> read when call.is("Journal.read") -> {}
            case null, default -> lost(call);
        }
    }

    private void lost(Seen call) {
        switch (call.result()) {
            case Journal.RecordResult.LeaseLost l -> zombie(call, call.argument(0, Lease.class));
            case Inbox.Steers.LeaseLost l -> zombie(call, call.argument(0, Lease.class));
            case List<?> renewals
            when call.is("Leases.renew") -> {
                for (Object renewal : renewals) {
                    if (renewal instanceof Leases.Renewal.Refused refused) {
                        zombie(call, refused.lease());
                    }
                }
            }
            case null, default -> {}
        }
    }

    private void zombie(Seen call, Lease lease) {
        zombies.add(call.node() + " " + lease.scope().id());
    }

    private Map<String, Recorded> journal(TurnId turn) {
        return journals.computeIfAbsent(turn, t -> new TreeMap<>());
    }

    private void started(Turns.Started started, String node) {
        TurnId turn = started.turn().id();
        drivers.put(turn, node);
        var given = new TreeMap<String, @Nullable String>();
        started.journal().forEach(e -> given.put(e.key(), e.outcome()));
        var own = new TreeMap<String, @Nullable String>();
        journal(turn).forEach((key, r) -> own.put(key, r.outcome()));
        demand(
                given.equals(own),
                () -> "the driver of " + word(turn) + " was handed the journal " + given + ", recorded is " + own);
        if (!own.isEmpty()) {
            count("journal recalled");
        }
    }

    private void recorded(Seen call, Journal.RecordResult.Recorded answer) {
        TurnId turn = call.argument(1, TurnId.class);
        for (Object each : call.argument(2, List.class)) {
            JournalEntry entry = (JournalEntry) each;
            Recorded before = journal(turn).get(entry.key());
            if (before != null && (before.outcome() != null || entry.outcome() == null)) {
                demand(
                        answer.existing().stream()
                                .anyMatch(e ->
                                        e.key().equals(entry.key()) && Objects.equals(e.outcome(), before.outcome())),
                        () -> "what was recorded of " + entry.key() + " of " + word(turn) + " was not told");
                count("record repeated: " + entry.kind());
            } else {
                keep(turn, entry);
            }
        }
    }

    private void keep(TurnId turn, JournalEntry entry) {
        Recorded before = journal(turn).get(entry.key());
        if (before != null && before.outcome() != null) {
            return;
        }
        String task = entry.kind().equals("tool") ? Script.taskOf(entry.request()) : "";
        journal(turn).put(entry.key(), new Recorded(task, entry.outcome()));
        String outcome = entry.outcome();
        if (outcome != null && entry.kind().equals("model")) {
            Asked answered = asked.get(Script.numberOf(outcome));
            if (answered != null) {
                recordedRequests.add(answered.messages);
            }
        }
        if (outcome != null && entry.kind().equals("tool")) {
            countOutcome(outcome);
        }
    }

    private void countOutcome(String outcome) {
        if (outcome.contains("\"how\":\"unknown\"")) {
            count("unknown outcome recorded");
        }
    }

    private void resolved(WaitId id, Decision decision) {
        Errands about = questions.get(id.value());
        if (about != null && decision.first() && decision.answer().verdict() == Decision.Verdict.RUN_AGAIN) {
            runAgain.merge(about, 1, Integer::sum);
        }
    }

    private boolean driving(TurnId turn, String node, String session) {
        return node.equals(drivers.get(turn)) && !zombies.contains(node + " " + session);
    }

    @Override
    void bodyStarted(Body body) {
        var errand = new Errands(body.turn, body.task);
        List<Body> before = bodies.computeIfAbsent(errand, e -> new ArrayList<>());
        Recorded recorded = journal(body.turn).values().stream()
                .filter(r -> r.task().equals(body.task))
                .findFirst()
                .orElse(null);
        boolean again = recorded != null && recorded.outcome() != null && driving(body.turn, body.node, body.session);
        demand(!again, () -> "body " + body + " was started although its outcome is recorded: " + recorded);
        if (body.errand.once()) {
            int allowed = 1 + runAgain.getOrDefault(errand, 0);
            demand(before.size() < allowed, () -> "ONCE body " + body + " was started before: " + before);
            demand(recorded != null, () -> "ONCE body " + body + " was started before its start was recorded");
        } else if (!before.isEmpty()) {
            count(body.errand.effectClass() + " body ran again");
        }
        Errands other = idempotencyKeys.putIfAbsent(body.idempotencyKey, errand);
        demand(
                (other == null && before.isEmpty()) || errand.equals(other),
                () -> "body " + body + " has the idempotency key of another call, or not its own any more");
        before.add(body);
    }

    @Override
    void modelAsked(Asked request) {
        asked.put(request.number, request);
        Inputs.Accepted opener = inputs.named(request.opener);
        boolean again = opener != null
                && recordedRequests.contains(request.messages)
                && driving(opener.turn, request.node, request.session);
        demand(!again, () -> "model " + request + " was asked although its answer is recorded");
    }

    private void committed(Commit commit) {
        TurnId turn = commit.target().turn();
        Map<String, String> results = new HashMap<>();
        Map<String, String> tasks = new HashMap<>();
        for (Message message : commit.history().entries()) {
            message.toolCalls().forEach(c -> tasks.put(c.id(), Script.taskOf(c.arguments())));
            for (Part part : message.parts()) {
                if (part instanceof Part.ToolResult r) {
                    results.put(tasks.getOrDefault(r.callId(), ""), r.content());
                }
            }
        }
        journal(turn).forEach((key, r) -> {
            String told = results.get(r.task());
            String outcome = r.outcome();
            if (told != null && outcome != null) {
                demand(
                        outcome.contains(told),
                        () -> "the result of " + r.task() + " in the history is \"" + told + "\", recorded is "
                                + outcome);
            }
        });
    }

    @Override
    void atTheEnd(Remains remains) {
        demand(remains.journal().isEmpty(), () -> "journals of turns that have ended: " + remains.journal());
    }
}
