package dev.turnbuckle.internal.engine;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.env.Environment;
import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.WaitRow;
import dev.turnbuckle.tool.EffectClass;
import dev.turnbuckle.tool.Tool;
import dev.turnbuckle.tool.ToolCall;
import dev.turnbuckle.tool.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one answer: each is recalled, refused, decided by its policy, put before a person, or performed; those
 * that are performed run at the same time and are joined in call order (J11).
 */
final class ToolStep {
    private final TurnPort port;
    private final TurnFacts facts;
    private final TurnJournal journal;
    private final TurnState state;
    private final Agent agent;
    private final Composition composition;
    private final Waiting waiting;

    ToolStep(
            TurnPort port,
            TurnFacts facts,
            TurnJournal journal,
            TurnState state,
            Agent agent,
            Composition composition) {
        this.port = port;
        this.facts = facts;
        this.journal = journal;
        this.state = state;
        this.agent = agent;
        this.composition = composition;
        this.waiting = new Waiting(port, facts, journal);
    }

    /** One call of the answer on its way to a result. */
    private static final class Slot {
        final MendedAnswer.Call call;
        final String key;
        Outcomes.@Nullable ToolOutcome outcome;
        ToolRun.@Nullable Job job;

        @Nullable WaitRow waits;

        /** Fails the whole turn. */
        Halt.Reason.@Nullable Failed failure;

        Slot(MendedAnswer.Call call, String key) {
            this.call = call;
            this.key = key;
        }
    }

    /** What became of the calls; {@code results} has a {@code null} for each that has none. */
    record Joined(List<Outcomes.@Nullable ToolOutcome> results, Halt.@Nullable Reason halt) {}

    /** @param beforePerforming looked at when at least one call is not recorded */
    Joined run(int number, List<MendedAnswer.Call> calls, Runnable beforePerforming) throws InterruptedException {
        List<Slot> slots = calls.stream()
                .map(c -> new Slot(c, "model/" + number + "/tool/" + c.index()))
                .toList();
        Halt.Reason halt = null;
        try {
            for (Slot slot : slots) {
                decide(slot);
            }
            halt = failure(slots);
            if (halt == null) {
                performAll(slots, beforePerforming);
                halt = standstill(slots);
            }
        } catch (Halt h) {
            halt = h.reason();
        }
        var results = new ArrayList<Outcomes.@Nullable ToolOutcome>();
        slots.forEach(s -> results.add(s.outcome));
        return new Joined(results, halt);
    }

    /** Looked at when every call is decided, so that what is recorded of the others is kept (J11). */
    private static Halt.@Nullable Reason failure(List<Slot> slots) {
        return slots.stream()
                .map(s -> s.failure)
                .filter(f -> f != null)
                .findFirst()
                .orElse(null);
    }

    private void performAll(List<Slot> slots, Runnable beforePerforming) throws InterruptedException {
        List<Slot> toRun = slots.stream().filter(s -> s.job != null).toList();
        if (!toRun.isEmpty()) {
            beforePerforming.run();
            start(toRun);
            perform(toRun);
        }
    }

    /** Where every call has its outcome the turn goes on: what is recorded further on counts, whoever cancelled (T9). */
    private Halt.@Nullable Reason standstill(List<Slot> slots) {
        if (slots.stream().allMatch(s -> s.outcome != null)) {
            return null;
        }
        List<WaitRow> waits =
                slots.stream().map(s -> s.waits).filter(w -> w != null).toList();
        if (port.cancelRequested()) {
            return new Halt.Reason.Cancelled();
        }
        return waits.isEmpty() ? null : new Halt.Reason.Waiting(waits);
    }

    /** Straight from what is recorded to one of: an outcome, a wait, a job. */
    private void decide(Slot slot) {
        if (slot.call.problem() != null) {
            slot.outcome = Outcomes.ToolOutcome.of("refused", true, slot.call.problem());
            return;
        }
        String request = request(slot.call);
        JournalEntry recorded = journal.recall(slot.key, request);
        String known = journal.outcome(recorded);
        if (known != null) {
            recall(slot, Json.read(known, Outcomes.ToolOutcome.class));
            return;
        }
        ToolSpec spec = composition.tools().get(slot.call.tool());
        Tool tool = agent.tools().get(slot.call.tool());
        if (spec == null || tool == null) {
            slot.outcome = Outcomes.ToolOutcome.of(
                    "refused", true, "The tool \"" + slot.call.tool() + "\" is not available any more.");
            return;
        }
        var job = new ToolRun.Job(
                slot.key, request, tool, spec, new ToolCall(slot.call.id(), slot.call.tool(), slot.call.arguments()));
        if (recorded != null) {
            decideUnknown(slot, job);
        } else {
            decideApproval(slot, job);
        }
    }

    private static String request(MendedAnswer.Call call) {
        String arguments;
        try {
            arguments = Json.canonical(call.arguments());
        } catch (InvalidInputException inexact) {
            arguments = Json.writeUser(call.arguments()); // carried as text (S12)
        }
        return "{\"arguments\":" + arguments + ",\"tool\":" + Json.writeUser(call.tool()) + "}";
    }

    private void recall(Slot slot, Outcomes.ToolOutcome outcome) {
        state.recall(outcome.state());
        slot.outcome = outcome;
        port.publish(new Activity.ToolEnded(
                facts.turn(), slot.key, slot.call.tool(), "recalled", outcome.error(), outcome.text()));
    }

    /** Started before, no outcome: a crash took it (J9). */
    private void decideUnknown(Slot slot, ToolRun.Job job) {
        switch (job.spec().onUnknown()) {
            case TELL_MODEL -> settle(slot, job, Waiting.unknown());
            case FAIL_TURN -> {
                settle(slot, job, Waiting.unknown());
                slot.failure = new Halt.Reason.Failed(
                        "unknown_outcome",
                        "the call " + slot.key + " of \"" + slot.call.tool()
                                + "\" was started, its outcome is unknown, and its policy is to fail the turn",
                        false);
            }
            case ASK_HUMAN -> apply(slot, job, waiting.unknownOutcome(job));
        }
    }

    private void decideApproval(Slot slot, ToolRun.Job job) {
        boolean asked = waiting.wasAsked(slot.key) || job.tool().approvalNeeded(job.call());
        if (asked) {
            apply(slot, job, waiting.approval(job));
        } else {
            slot.job = job;
        }
    }

    private void apply(Slot slot, ToolRun.Job job, Waiting.Ruling verdict) {
        switch (verdict) {
            case Waiting.Ruling.Run(ToolRun.Job decided) -> slot.job = decided;
            case Waiting.Ruling.Settled(Outcomes.ToolOutcome outcome) -> settle(slot, job, outcome);
            case Waiting.Ruling.Undecided(WaitRow row) -> slot.waits = row;
        }
    }

    private void settle(Slot slot, ToolRun.Job job, Outcomes.ToolOutcome outcome) {
        slot.outcome = outcome;
        var now = port.environment().now();
        journal.done(
                slot.key,
                "tool",
                job.spec().effectClass(),
                job.request(),
                Json.write(outcome),
                new TurnJournal.Timing(now, now, 1),
                List.of());
        port.publish(new Activity.ToolEnded(
                facts.turn(), slot.key, slot.call.tool(), outcome.how(), outcome.error(), outcome.text()));
    }

    /** What must be durable before a body runs: the answer that asked for it, and that a {@code ONCE} call starts. */
    private void start(List<Slot> toRun) throws InterruptedException {
        boolean mustBeDurable = false;
        for (Slot slot : toRun) {
            ToolRun.Job job = java.util.Objects.requireNonNull(slot.job);
            mustBeDurable |= job.spec().effectClass() != EffectClass.READ;
            if (job.spec().effectClass() == EffectClass.ONCE && !journal.has(slot.key)) {
                journal.started(
                        slot.key,
                        "tool",
                        EffectClass.ONCE,
                        job.request(),
                        port.environment().now());
            }
        }
        if (mustBeDurable) {
            journal.flush();
            if (port.cancelRequested()) {
                throw new Halt(new Halt.Reason.Cancelled());
            }
        }
    }

    private void perform(List<Slot> toRun) throws InterruptedException {
        var run = new ToolRun(port, facts, journal, state, agent);
        if (toRun.size() == 1) {
            Slot only = toRun.getFirst();
            only.outcome = run.perform(java.util.Objects.requireNonNull(only.job));
            return;
        }
        var failures = new AtomicReferenceArray<@Nullable Throwable>(toRun.size());
        var tasks = new ArrayList<Environment.Task>();
        for (int i = 0; i < toRun.size(); i++) {
            int index = i;
            Slot slot = toRun.get(i);
            tasks.add(port.environment().start("call " + slot.key, () -> {
                try {
                    slot.outcome = run.perform(java.util.Objects.requireNonNull(slot.job));
                } catch (InterruptedException | RuntimeException | Error e) { // carried to the joining task
                    failures.set(index, e);
                }
            }));
        }
        joinAll(tasks);
        for (int i = 0; i < toRun.size(); i++) {
            rethrow(failures.get(i));
        }
    }

    private static void joinAll(List<Environment.Task> tasks) throws InterruptedException {
        try {
            for (Environment.Task task : tasks) {
                task.join();
            }
        } catch (InterruptedException e) {
            tasks.forEach(Environment.Task::interrupt);
            throw e;
        }
    }

    private static void rethrow(@Nullable Throwable failure) throws InterruptedException {
        switch (failure) {
            case null -> {}
            case InterruptedException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }

    /** Results for the model, every call answered (what has no outcome is closed in words, T9), then what calls attached. */
    static List<Part> results(List<MendedAnswer.Call> calls, Joined joined, TurnJournal journal, int number) {
        var parts = new ArrayList<Part>();
        var files = new ArrayList<Part>();
        for (int i = 0; i < calls.size(); i++) {
            MendedAnswer.Call call = calls.get(i);
            Outcomes.ToolOutcome outcome = joined.results().get(i);
            if (outcome == null) {
                boolean started = journal.has("model/" + number + "/tool/" + call.index());
                outcome = started
                        ? Waiting.unknown()
                        : Outcomes.ToolOutcome.of("cancelled", true, "Cancelled before it started or ended.");
            }
            parts.add(new Part.ToolResult(call.id(), call.tool(), outcome.text(), outcome.error()));
            if (outcome.files() != null) {
                files.addAll(outcome.files());
            }
        }
        parts.addAll(files);
        return parts;
    }
}
