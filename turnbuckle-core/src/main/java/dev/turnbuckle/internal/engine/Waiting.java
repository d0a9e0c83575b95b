package dev.turnbuckle.internal.engine;

import dev.turnbuckle.internal.codec.Hash;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.WaitRow;
import dev.turnbuckle.tool.EffectClass;
import dev.turnbuckle.tool.ToolCall;
import dev.turnbuckle.tool.ToolSpec;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Calls that a person decides: approvals, and what became of a started call whose outcome a crash took. */
final class Waiting {
    private final TurnPort port;
    private final TurnFacts facts;
    private final TurnJournal journal;

    Waiting(TurnPort port, TurnFacts facts, TurnJournal journal) {
        this.port = port;
        this.facts = facts;
        this.journal = journal;
    }

    /** What a call comes to. */
    sealed interface Ruling {
        record Run(ToolRun.Job job) implements Ruling {}

        record Settled(Outcomes.ToolOutcome outcome) implements Ruling {}

        record Undecided(WaitRow row) implements Ruling {}
    }

    static Outcomes.ToolOutcome unknown() {
        return Outcomes.ToolOutcome.of(
                "unknown",
                true,
                "The outcome is unknown: the call was started, and the program stopped before its result was recorded. It "
                        + "may or may not have taken effect. It was not run again. Find out before you repeat it.");
    }

    boolean wasAsked(String callKey) {
        return row(callKey + "/approval") != null || journal.has(callKey + "/approval");
    }

    Ruling approval(ToolRun.Job job) {
        String key = job.key() + "/approval";
        Outcomes.@Nullable WaitOutcome decided = decision(key, job);
        if (decided == null) {
            return new Ruling.Undecided(open(
                    key,
                    job,
                    OpenWait.Kind.APPROVAL,
                    "May \"" + job.spec().name() + "\" run with "
                            + shown(job.call().arguments()) + "?"));
        }
        var answer = decided.answer();
        if (answer.verdict() == Decision.Verdict.APPROVED) {
            return new Ruling.Run(answer.arguments() == null ? job : edited(job, answer.arguments()));
        }
        String reason = answer.text() == null ? "" : ": " + answer.text();
        return new Ruling.Settled(Outcomes.ToolOutcome.of(
                "refused",
                true,
                "The call was not approved (" + answer.verdict().name().toLowerCase(java.util.Locale.ROOT) + " by "
                        + decided.by() + ")" + reason));
    }

    private static ToolRun.Job edited(ToolRun.Job job, String arguments) {
        var call = new ToolCall(job.call().id(), job.call().name(), arguments);
        return new ToolRun.Job(job.key(), job.request(), job.tool(), job.spec(), call);
    }

    /** Each time that the call ran again and was lost again, a new question. */
    Ruling unknownOutcome(ToolRun.Job job) {
        for (int n = 1; ; n++) {
            String key = job.key() + "/unknown/" + n;
            boolean ranAfterwards = journal.has(key);
            Outcomes.@Nullable WaitOutcome decided = decision(key, job);
            if (decided == null) {
                return new Ruling.Undecided(open(
                        key,
                        job,
                        OpenWait.Kind.UNKNOWN_OUTCOME,
                        "\"" + job.spec().name()
                                + "\" was started with " + shown(job.call().arguments())
                                + " and its outcome is unknown. Done, not done, or run it again?"));
            }
            switch (decided.answer().verdict()) {
                case RUN_AGAIN -> {
                    if (!ranAfterwards) {
                        return new Ruling.Run(job);
                    }
                }
                case DONE -> {
                    return new Ruling.Settled(Outcomes.ToolOutcome.of(
                            "decided",
                            false,
                            decided.answer().text() == null
                                    ? "done"
                                    : decided.answer().text()));
                }
                case NOT_DONE -> {
                    return new Ruling.Settled(
                            Outcomes.ToolOutcome.of("decided", true, "It was not done, says " + decided.by() + "."));
                }
                case APPROVED, REJECTED, EXPIRED, CANCELLED, SUPERSEDED -> {
                    return new Ruling.Settled(unknown()); // nobody said what happened
                }
            }
        }
    }

    /** The decision, recorded with who made it; {@code null} while it is open. */
    private Outcomes.@Nullable WaitOutcome decision(String key, ToolRun.Job job) {
        String request = Json.object().put("call", Hash.of(job.request())).toString();
        JournalEntry recorded = journal.recall(key, request);
        String known = journal.outcome(recorded);
        if (known != null) {
            return Json.read(known, Outcomes.WaitOutcome.class);
        }
        WaitRow row = row(key);
        Decision decision = row == null ? null : decidedNow(row);
        if (decision == null) {
            return null;
        }
        var outcome = new Outcomes.WaitOutcome(decision.id().value(), decision.answer(), decision.by(), decision.at());
        Instant now = port.environment().now();
        journal.done(
                key,
                "wait",
                EffectClass.READ,
                request,
                Json.write(outcome),
                new TurnJournal.Timing(now, now, 1),
                List.of());
        port.publish(new Activity.WaitDecided(
                facts.turn(), outcome.id(), outcome.answer().verdict().name(), outcome.by()));
        return outcome;
    }

    private @Nullable Decision decidedNow(WaitRow row) {
        Instant deadline = row.open().deadline();
        boolean late = deadline != null && !deadline.isAfter(port.storeNow());
        return row.decision() == null && late ? port.expire(row.open().id()) : row.decision();
    }

    private @Nullable WaitRow row(String key) {
        return facts.waits().stream()
                .filter(w -> w.key().equals(key))
                .findFirst()
                .orElse(null);
    }

    private WaitRow open(String key, ToolRun.Job job, OpenWait.Kind kind, String question) {
        WaitRow there = row(key);
        if (there != null) {
            tell(there);
            return there;
        }
        Instant now = port.storeNow();
        var details = Json.object()
                .put("tool", job.spec().name())
                .put("arguments", job.call().arguments())
                .put("hash", Hash.of(job.call().arguments()));
        var wait = new OpenWait(
                new WaitId(port.environment().id()),
                facts.session(),
                facts.turn(),
                kind,
                question,
                details.toString(),
                now,
                now.plus(job.spec().limits().decision()),
                escalation(job.spec().limits().escalation(), now));
        port.publish(new Activity.ApprovalRequested(wait));
        return new WaitRow(wait, key, null);
    }

    private static OpenWait.@Nullable Escalation escalation(ToolSpec.Limits.@Nullable Escalation rule, Instant now) {
        return rule == null ? null : new OpenWait.Escalation(now.plus(rule.after()), rule.to(), false);
    }

    /** The claim that began this drive stored that the time has come, and still shows the row as it was before. */
    private void tell(WaitRow row) {
        if (row.open().escalates(port.storeNow())) {
            port.publish(new Activity.WaitEscalated(row.open().escalated()));
        }
    }

    private static String shown(String arguments) {
        return arguments.length() <= 200 ? arguments : arguments.substring(0, 200) + "…";
    }
}
