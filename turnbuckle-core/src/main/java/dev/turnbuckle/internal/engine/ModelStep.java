package dev.turnbuckle.internal.engine;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.tool.EffectClass;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** One model call: recalled, or asked until it answers or fails for good. */
final class ModelStep {
    private static final String KIND = "model";

    private final TurnPort port;
    private final TurnFacts facts;
    private final TurnJournal journal;
    private final Composition composition;
    private final TurnContext context;
    private final Agent agent;
    private String partial = "";

    ModelStep(
            Agent agent,
            TurnPort port,
            TurnFacts facts,
            TurnJournal journal,
            Composition composition,
            TurnContext context) {
        this.agent = agent;
        this.port = port;
        this.facts = facts;
        this.journal = journal;
        this.composition = composition;
        this.context = context;
    }

    /** What bounds a call that is performed. */
    interface Bounds {
        /** Throws when nothing more may be performed. */
        void beforePerforming();

        /** What the wall clock leaves; {@code null} without such a bound. */
        @Nullable Duration wallClockLeft();

        Halt overWallClock();
    }

    /** What a call that was cut off had streamed; empty when nothing. */
    String partial() {
        return partial;
    }

    /**
     * @param bounds looked at when the call is not recorded
     * @throws Halt when the model gives no answer
     */
    Outcomes.ModelOutcome call(int number, Bounds bounds) throws InterruptedException {
        String key = KIND + "/" + number;
        String request = Json.object()
                .put("chain", context.chain())
                .put("composition", composition.identity())
                .toString();
        JournalEntry recorded = journal.recall(key, request);
        Outcomes.ModelOutcome outcome;
        String known = journal.outcome(recorded);
        if (known != null) {
            outcome = Json.read(known, Outcomes.ModelOutcome.class);
            port.publish(new Activity.ModelEnded(facts.turn(), key, false, outcome.usage()));
        } else {
            bounds.beforePerforming();
            outcome = perform(key, request, bounds);
        }
        String failure = outcome.failure();
        if (failure != null) {
            throw failed(failure, outcome);
        }
        return outcome;
    }

    private static Halt failed(String failure, Outcomes.ModelOutcome outcome) {
        var kind = ModelFailure.Kind.valueOf(failure);
        String last =
                outcome.attempts().isEmpty() ? "" : outcome.attempts().getLast().message();
        return new Halt(new Halt.Reason.Failed(
                "model_" + kind.name().toLowerCase(Locale.ROOT),
                "the model gave no answer after " + outcome.attempts().size() + " attempt(s): " + last,
                kind.retryable()));
    }

    private Outcomes.ModelOutcome perform(String key, String request, Bounds bounds) throws InterruptedException {
        port.seam("before " + key);
        Instant start = port.environment().now();
        List<Outcomes.ModelAttempt> failed = recordedAttempts(key);
        Outcomes.ModelOutcome outcome = null;
        while (outcome == null) {
            outcome = attempt(key, failed, bounds);
        }
        journal.done(
                key,
                KIND,
                EffectClass.READ,
                request,
                Json.write(outcome),
                new TurnJournal.Timing(start, port.environment().now(), Math.max(1, failed.size())),
                List.of());
        port.seam("after " + key);
        return outcome;
    }

    private List<Outcomes.ModelAttempt> recordedAttempts(String key) {
        var failed = new ArrayList<Outcomes.ModelAttempt>();
        String json = journal.recalled(attemptKey(key, 1));
        while (json != null) {
            failed.add(Json.read(json, Outcomes.ModelAttempt.class));
            json = journal.recalled(attemptKey(key, failed.size() + 1));
        }
        return failed;
    }

    private static String attemptKey(String key, int number) {
        return key + "/attempt/" + number;
    }

    /** @return the outcome, or {@code null} to try again */
    private Outcomes.@Nullable ModelOutcome attempt(String key, List<Outcomes.ModelAttempt> failed, Bounds bounds)
            throws InterruptedException {
        ModelPlan.Ask ask = ModelPlan.next(composition.models(), failed);
        if (ask == null) {
            return new Outcomes.ModelOutcome(
                    List.of(), Usage.NONE, "", null, failed.getLast().failure(), List.copyOf(failed));
        }
        String item = key + "#" + facts.drive() + "." + (failed.size() + 1);
        if (ask.pause().isPositive()) {
            port.publish(new Activity.ModelRetry(
                    facts.turn(),
                    item,
                    failed.size(),
                    ask.pause(),
                    failed.getLast().failure()));
            if (!Rest.of(port, withinWallClock(ask.pause(), bounds))) {
                throw new Halt(new Halt.Reason.Cancelled());
            }
            bounds.beforePerforming();
        }
        return ask(key, item, ask.model(), failed, bounds);
    }

    private static Duration withinWallClock(Duration pause, Bounds bounds) {
        Duration left = bounds.wallClockLeft();
        return left == null || left.compareTo(pause) > 0 ? pause : left;
    }

    private Outcomes.@Nullable ModelOutcome ask(
            String key, String item, ModelSpec asked, List<Outcomes.ModelAttempt> failed, Bounds bounds)
            throws InterruptedException {
        Model model = port.model(asked);
        var request = new ModelRequest(
                asked,
                composition.system(),
                context.messages(composition.from()),
                List.copyOf(composition.tools().values()),
                composition.answerSchema(),
                ref -> port.blob(ref.digest()).bytes());
        port.publish(new Activity.ModelStarted(facts.turn(), item, asked.name()));
        var stream = new Stream(item);
        boolean kept = false;
        try {
            Callable<ModelEvent.Completed> body =
                    () -> port.spanned(KIND, model.spec().name(), key, () -> stream.read(model, request));
            var ending = new Supervised<>(port, "model " + facts.turn(), body).run(bounds.wallClockLeft());
            switch (ending) {
                case Supervised.Ending.Value<ModelEvent.Completed>(var completed) -> {
                    kept = true;
                    port.publish(new Activity.ModelEnded(facts.turn(), item, true, completed.usage()));
                    return new Outcomes.ModelOutcome(
                            redacted(item, completed.parts()),
                            completed.usage(),
                            completed.finishReason(),
                            asked.equals(composition.models().getFirst()) ? null : asked.name(),
                            null,
                            List.copyOf(failed));
                }
                case Supervised.Ending.Cancelled<ModelEvent.Completed> c -> {
                    partial = agent.redacted(stream.close());
                    kept = true;
                    throw new Halt(new Halt.Reason.Cancelled());
                }
                case Supervised.Ending.TimedOut<ModelEvent.Completed> t -> throw bounds.overWallClock();
                case Supervised.Ending.Threw<ModelEvent.Completed>(var failure) -> {
                    failed.add(failedAttempt(asked, failure, stream.started()));
                }
            }
        } finally {
            stream.close();
            if (!kept && stream.started()) {
                port.publish(new Activity.Retracted(facts.turn(), List.of(item)));
            }
        }
        if (ModelPlan.next(composition.models(), failed) != null) {
            record(attemptKey(key, failed.size()), failed.getLast());
        }
        return null;
    }

    private Outcomes.ModelAttempt failedAttempt(ModelSpec asked, Exception thrown, boolean outputSeen) {
        ModelFailure failure = thrown instanceof ModelFailure f
                ? f
                : new ModelFailure(ModelFailure.Kind.OTHER, String.valueOf(thrown), null, thrown);
        Duration retryAfter = failure.retryAfter();
        return new Outcomes.ModelAttempt(
                failure.kind().name(),
                agent.redacted(ToolRun.clean(String.valueOf(failure.getMessage()))),
                asked.name(),
                retryAfter == null ? null : retryAfter.toMillis(),
                outputSeen);
    }

    /** Durable before the next try, so that a crash in between does not begin to count anew (J12). */
    private void record(String key, Outcomes.ModelAttempt attempt) throws InterruptedException {
        Instant now = port.environment().now();
        journal.done(
                key,
                "attempt",
                EffectClass.READ,
                "{}",
                Json.write(attempt),
                new TurnJournal.Timing(now, now, 1),
                List.of());
        journal.flush();
    }

    /** One attempt's stream: publishes deltas until it is closed, keeps the text for a cancel. */
    private final class Stream {
        private final String item;
        private final StringBuilder text = new StringBuilder();
        private volatile ModelEvent.@Nullable Completed completed;
        private volatile boolean started;
        private volatile boolean closed;

        Stream(String item) {
            this.item = item;
        }

        ModelEvent.Completed read(Model model, ModelRequest request) throws InterruptedException {
            model.stream(request, this::accept);
            ModelEvent.Completed last = completed;
            if (last == null) {
                throw new ModelFailure(ModelFailure.Kind.OTHER, "the stream ended without a completed answer");
            }
            return last;
        }

        private void accept(ModelEvent event) {
            if (closed) {
                return;
            }
            started = true;
            switch (event) {
                case ModelEvent.TextDelta d -> {
                    synchronized (text) {
                        text.append(d.text());
                    }
                    if (agent.redactions().isEmpty()) {
                        port.publish(new Activity.TextDelta(facts.turn(), item, d.text()));
                    }
                }
                case ModelEvent.ReasoningDelta d -> {
                    if (agent.redactions().isEmpty()) {
                        port.publish(new Activity.ReasoningDelta(facts.turn(), item, d.text()));
                    }
                }
                case ModelEvent.Completed c -> completed = c;
            }
        }

        boolean started() {
            return started;
        }

        /** Nothing is published afterwards. */
        String close() {
            closed = true;
            synchronized (text) {
                return text.toString();
            }
        }
    }

    /** Outcomes are clean before anybody sees them (J7); text that was held back for it is shown now. */
    private List<Part> redacted(String item, List<Part> parts) {
        List<Part> clean = parts.stream().map(this::redacted).toList();
        if (!agent.redactions().isEmpty()) {
            for (Part part : clean) {
                if (part instanceof Part.Text t) {
                    port.publish(new Activity.TextDelta(facts.turn(), item, t.text()));
                }
            }
        }
        return clean;
    }

    private Part redacted(Part part) {
        return switch (part) {
            case Part.Text t -> new Part.Text(clean(t.text()));
            case Part.Reasoning r -> new Part.Reasoning(clean(r.text()), r.signature());
            case Part.ToolCall c -> new Part.ToolCall(clean(c.id()), c.name(), clean(c.arguments()));
            case Part.ToolResult r -> r;
            case Part.AttachmentRef a -> a;
            case Part.Opaque o -> o;
        };
    }

    private String clean(String text) {
        return agent.redacted(ToolRun.clean(text));
    }
}
