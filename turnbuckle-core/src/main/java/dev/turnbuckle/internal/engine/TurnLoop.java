package dev.turnbuckle.internal.engine;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.internal.codec.Schemas;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.session.Command;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.UsageRow;
import dev.turnbuckle.tool.EffectClass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The turn. Straight-line code from composition to answer; every effect goes through the journal, so the same method
 * drives a new turn and one that a crash interrupted: recorded effects are recalled, the first that is not is performed.
 *
 * <pre>
 * composition ─▶ model call ─▶ tool calls (at the same time, joined in call order) ─▶ safe point: steers ─▶ model call … ─▶ answer
 * </pre>
 *
 * One instance drives once, on one task.
 */
public final class TurnLoop {
    private final Agent agent;
    private final TurnFacts facts;
    private final TurnPort port;
    private final TurnJournal journal;
    private final TurnState state;
    private final TurnContext context;
    private final BudgetMeter meter;
    private final long begun;
    private final List<Long> inputs = new ArrayList<>();
    private final List<Inbox.NewInput> sends = new ArrayList<>();
    private final List<UsageRow> usage = new ArrayList<>();
    private String lastText = "";
    private @Nullable Answered last;

    private record Steps(Composition composition, ModelStep model, ToolStep tools) {}

    /** Where the turn stands while its answer is being committed. */
    private record Answered(Steps steps, int point, TurnResult.Ended result) {}

    public TurnLoop(Agent agent, TurnFacts facts, TurnPort port) {
        this.agent = agent;
        this.facts = facts;
        this.port = port;
        this.journal = new TurnJournal(port, facts.journal());
        this.state = new TurnState(facts.components(), port::blob);
        this.context = new TurnContext(facts.history(), facts.chain());
        this.meter = new BudgetMeter(agent.budget());
        this.begun = port.environment().nanos();
    }

    public TurnResult run() throws InterruptedException {
        try {
            return drive();
        } catch (Halt halt) {
            return halted(halt.reason());
        }
    }

    private TurnResult drive() throws InterruptedException {
        facts.inputs().stream().filter(i -> i.status().point() == 0).forEach(this::take);
        Composition composition =
                Composition.of(agent, facts, state, journal, port, context.from(agent.historyEntries()));
        var model = new ModelStep(agent, port, facts, journal, composition, context);
        var tools = new ToolStep(port, facts, journal, state, agent, composition);
        return goOn(new Steps(composition, model, tools), 1);
    }

    private TurnResult goOn(Steps steps, int from) throws InterruptedException {
        for (int n = from; ; n++) {
            meter.beforeModel();
            MendedAnswer answer = ask(steps.model(), steps.composition(), n);
            if (answer.calls().isEmpty()) {
                String problem = problemOf(answer, steps.composition());
                if (!answer.message().parts().isEmpty()) {
                    context.add(answer.message());
                }
                meter.brought(problem == null);
                boolean asked = problem != null || wasPassed(n);
                boolean steered = asked && safePoint(n, false);
                if (problem != null && !steered) {
                    context.add(Message.runtime(problem));
                } else if (!steered) {
                    return answered(steps, n, answer);
                }
            } else {
                context.add(answer.message());
                long before = journal.flushes();
                call(steps.tools(), answer, n);
                safePoint(n, journal.flushes() > before);
            }
        }
    }

    /** The last safe point is in the commit's own transaction, which is refused when somebody steers. */
    private TurnResult answered(Steps steps, int n, MendedAnswer answer) {
        var outcome = new TurnOutcome.Answered(facts.turn(), answer.message().text(), total());
        var result = ended(outcome, false, true);
        last = new Answered(steps, n, result);
        return result;
    }

    /** The commit of the answer was refused because somebody steers: that joins, and the turn goes on. */
    public TurnResult steered() throws InterruptedException {
        Answered at = Objects.requireNonNull(last);
        try {
            return safePoint(at.point(), false) ? goOn(at.steps(), at.point() + 1) : at.result();
        } catch (Halt halt) {
            return halted(halt.reason());
        }
    }

    /** Whether an earlier drive was at this safe point and may have found something. */
    private boolean wasPassed(int n) {
        return journal.has("steer/" + n)
                || journal.has("model/" + (n + 1))
                || facts.inputs().stream().anyMatch(i -> i.status().point() == n);
    }

    private void take(InboxItem row) {
        inputs.add(row.sequence());
        if (row.kind() == InboxItem.Kind.COMMAND) {
            return;
        }
        var content = Json.read(row.content(), InboxItem.Content.class);
        context.add(content.message());
        port.publish(new Activity.InputApplied(
                facts.turn(), row.sequence(), content.message().text()));
    }

    private MendedAnswer ask(ModelStep model, Composition composition, int n) throws InterruptedException {
        Outcomes.ModelOutcome outcome;
        try {
            outcome = model.call(n, new Bounds());
        } catch (Halt halt) {
            if (halt.reason() instanceof Halt.Reason.Cancelled
                    && !model.partial().isEmpty()) {
                lastText = model.partial();
                context.add(new Message(Message.Role.ASSISTANT, List.of(new Part.Text(lastText)), true));
            }
            throw halt;
        }
        usage.add(new UsageRow(facts.turn(), n, "model", answeredBy(composition, outcome), outcome.usage()));
        meter.used(outcome.usage().total());
        MendedAnswer answer = MendedAnswer.of(outcome.parts(), composition.tools());
        lastText = answer.message().text();
        return answer;
    }

    private static String answeredBy(Composition composition, Outcomes.ModelOutcome outcome) {
        String standIn = outcome.model();
        return standIn == null ? composition.models().getFirst().name() : standIn;
    }

    /** Before anything is performed: the gate, the lease, the clock. Recalled effects do not come here. */
    private void beforeEffect() {
        if (port.cancelRequested()) {
            throw new Halt(new Halt.Reason.Cancelled());
        }
        if (port.draining()) {
            throw new Halt(new Halt.Reason.Draining());
        }
        meter.beforeEffect(facts.drivenBefore().plus(driven()));
    }

    private final class Bounds implements ModelStep.Bounds {
        @Override
        public void beforePerforming() {
            beforeEffect();
        }

        @Override
        public @Nullable Duration wallClockLeft() {
            return meter.wallClockLeft(facts.drivenBefore().plus(driven()));
        }

        @Override
        public Halt overWallClock() {
            return meter.overWallClock();
        }
    }

    private Duration driven() {
        return Duration.ofNanos(port.environment().nanos() - begun);
    }

    /** What the model is told when its answer is none; {@code null} when it is one. */
    private static @Nullable String problemOf(MendedAnswer answer, Composition composition) {
        if (answer.isEmpty()) {
            return "Your last answer was empty. Answer the user or call a tool.";
        }
        if (composition.answerSchema() == null) {
            return null;
        }
        try {
            List<String> problems = Schemas.problems(
                    composition.answerSchema(), Json.parse(answer.message().text()));
            return problems.isEmpty()
                    ? null
                    : "Your answer does not fit the required JSON schema: " + String.join("; ", problems)
                            + ". Answer again with JSON only.";
        } catch (InvalidInputException e) {
            return "Your answer must be JSON that fits the required schema, nothing around it; it is " + e.getMessage()
                    + ". Answer again.";
        }
    }

    private void call(ToolStep tools, MendedAnswer answer, int n) throws InterruptedException {
        meter.beforeTools(answer.calls().size());
        ToolStep.Joined joined = tools.run(n, answer.calls(), this::beforeEffect);
        joined.results().forEach(this::send);
        Halt.Reason halt = joined.halt();
        boolean drivenOnLater = halt instanceof Halt.Reason.Waiting
                || halt instanceof Halt.Reason.LeaseLost
                || halt instanceof Halt.Reason.Draining;
        if (!drivenOnLater) {
            context.add(Message.of(Message.Role.TOOL, ToolStep.results(answer.calls(), joined, journal, n)));
        }
        if (halt != null) {
            throw new Halt(halt);
        }
        meter.brought(answer.calls().stream().anyMatch(c -> c.problem() == null));
    }

    /** What a call sent leaves with the commit, whatever the turn comes to (J4). */
    private void send(Outcomes.@Nullable ToolOutcome outcome) {
        if (outcome == null || outcome.sends() == null) {
            return;
        }
        for (Outcomes.Send s : outcome.sends()) {
            sends.add(new Inbox.NewInput(
                    s.session(),
                    agent.name(),
                    s.turn(),
                    InboxItem.Kind.WORK,
                    InboxItem.Delivery.NEXT_TURN,
                    s.content(),
                    s.key(),
                    s.context(),
                    null,
                    Duration.ofMillis(s.delayMillis())));
        }
    }

    /**
     * Steers join here, the same rows whenever this point is passed again (Q5).
     *
     * @param told the last record, a moment ago, said whether any waits
     */
    private boolean safePoint(int n, boolean told) {
        String key = "steer/" + n;
        String recorded = journal.recalled(key);
        List<InboxItem> joined;
        if (recorded != null) {
            var rows = Json.read(recorded, Outcomes.SteerOutcome.class).inputs();
            joined = facts.inputs().stream()
                    .filter(i -> rows.contains(i.sequence()))
                    .toList();
        } else if (journal.has("model/" + (n + 1)) || port.cancelRequested()) {
            joined = List.of(); // the next call was made without any
        } else if (told && !port.steered() && !wasPassed(n)) {
            joined = List.of();
        } else {
            joined = claim(key, n);
        }
        joined.forEach(this::take);
        return !joined.isEmpty();
    }

    private List<InboxItem> claim(String key, int n) {
        return switch (port.claimSteers(n)) {
            case Inbox.Steers.LeaseLost(var why) -> throw new Halt(new Halt.Reason.LeaseLost(why));
            case Inbox.Steers.Claimed(var items) -> {
                if (!items.isEmpty()) {
                    var now = port.environment().now();
                    var rows = items.stream().map(InboxItem::sequence).toList();
                    journal.done(
                            key,
                            "steer",
                            EffectClass.READ,
                            "{}",
                            Json.write(new Outcomes.SteerOutcome(rows)),
                            new TurnJournal.Timing(now, now, 1),
                            List.of());
                }
                yield items;
            }
        };
    }

    private Usage total() {
        return usage.stream().map(UsageRow::usage).reduce(Usage.NONE, Usage::plus);
    }

    private TurnResult halted(Halt.Reason reason) throws InterruptedException {
        return switch (reason) {
            case Halt.Reason.Waiting(var waits) ->
                new TurnResult.Waiting(waits, journal.unflushed(), journal.unflushedBlobs());
            case Halt.Reason.LeaseLost(var why) -> new TurnResult.LeaseLost(why);
            case Halt.Reason.Draining() -> drained();
            case Halt.Reason.Cancelled() -> cancelled("", "");
            case Halt.Reason.OverBudget(var bound) ->
                ended(new TurnOutcome.BudgetExhausted(facts.turn(), bound, lastText), true);
            case Halt.Reason.Failed(var code, var message, var retryable) ->
                ended(new TurnOutcome.Failed(facts.turn(), code, message, retryable), true);
            case Halt.Reason.Mismatch(var key, var paths) -> mismatch(key, paths);
        };
    }

    /** What was done is recorded before the turn is handed back. */
    private TurnResult drained() throws InterruptedException {
        try {
            journal.flush();
            return new TurnResult.Drained();
        } catch (Halt lost) {
            return new TurnResult.LeaseLost(
                    lost.reason() instanceof Halt.Reason.LeaseLost(var why) ? why : String.valueOf(lost.getMessage()));
        }
    }

    private TurnResult mismatch(String key, List<String> paths) {
        String message = "the journal of this turn does not fit what this program asks at " + key + ": "
                + String.join("; ", paths) + ". Deploy the program that began the turn, or let the turn fail";
        return new TurnResult.Mismatch(
                ended(new TurnOutcome.Failed(facts.turn(), "journal_mismatch", message, false), true), message);
    }

    /** What is settled when somebody cancelled; by whom and why is filled in from the gate. */
    public TurnResult.Ended cancelled(String by, String reason) {
        return ended(new TurnOutcome.Cancelled(facts.turn(), lastText, by, reason), true);
    }

    /** A turn that is a command: no model, no entries. */
    public TurnResult.Ended commanded(Command command) {
        inputs.addAll(facts.inputs().stream().map(InboxItem::sequence).toList());
        boolean clears = command instanceof Command.StartOver;
        return new TurnResult.Ended(
                new TurnOutcome.Answered(facts.turn(), "", Usage.NONE),
                List.of(),
                List.copyOf(inputs),
                List.of(),
                List.of(),
                clears ? Map.of() : null,
                journal.all(),
                List.of(),
                false,
                command);
    }

    /** Ends a turn that is not to be driven: its inputs and the reason. */
    public TurnResult.Ended refused(TurnOutcome outcome) {
        facts.inputs().stream().filter(i -> !inputs.contains(i.sequence())).forEach(this::take);
        facts.journal().stream().filter(e -> e.kind().equals("tool")).forEach(this::keep);
        return ended(outcome, true);
    }

    /** What a recorded call sent and changed has happened (J4), though nobody goes on from it. */
    private void keep(JournalEntry call) {
        try {
            String known = journal.outcome(call);
            if (known != null) {
                var outcome = Json.read(known, Outcomes.ToolOutcome.class);
                state.recall(outcome.state());
                send(outcome);
            }
        } catch (RuntimeException e) { // it may be what the drives failed of; the turn must end nevertheless
            port.publish(new Activity.ToolEnded(facts.turn(), call.key(), "", "unreadable", true, ""));
        }
    }

    private TurnResult.Ended ended(TurnOutcome outcome, boolean closeCalls) {
        return ended(outcome, closeCalls, false);
    }

    private TurnResult.Ended ended(TurnOutcome outcome, boolean closeCalls, boolean unlessSteered) {
        if (closeCalls) {
            closeOpenCalls();
        }
        return new TurnResult.Ended(
                outcome,
                context.added(),
                List.copyOf(inputs),
                List.copyOf(sends),
                List.copyOf(usage),
                state.components(),
                journal.all(),
                blobs(),
                unlessSteered,
                null);
    }

    private List<Blob> blobs() {
        return journal.unflushedBlobs();
    }

    /** The next request must be one that a vendor accepts: no call without a result (T9). */
    private void closeOpenCalls() {
        List<Message> added = context.added();
        Message last = added.isEmpty() ? null : added.getLast();
        if (last != null
                && last.role() == Message.Role.ASSISTANT
                && !last.toolCalls().isEmpty()) {
            List<Part> closed = last.toolCalls().stream()
                    .<Part>map(c -> new Part.ToolResult(c.id(), c.name(), "Not run: the turn ended.", true))
                    .toList();
            context.add(Message.of(Message.Role.TOOL, closed));
        }
    }

    /** Depth from which a recorded composition shows history, when there is one. */
    public static @Nullable Long recordedFrom(List<JournalEntry> entries, Function<String, Blob> blobs) {
        for (JournalEntry entry : entries) {
            String outcome = entry.outcome();
            if (entry.kind().equals("composition") && outcome != null) {
                String whole = TurnJournal.whole(outcome, blobs);
                return Json.read(whole, Outcomes.CompositionOutcome.class).from();
            }
        }
        return null;
    }
}
