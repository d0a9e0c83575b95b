package dev.turnbuckle.internal.engine;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.session.Attachment;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.SharedTransaction;
import dev.turnbuckle.tool.EffectClass;
import dev.turnbuckle.tool.Tool;
import dev.turnbuckle.tool.ToolCall;
import dev.turnbuckle.tool.ToolResult;
import dev.turnbuckle.tool.ToolSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Performs one tool call and records its outcome. Runs on the task of its call. */
final class ToolRun {
    /** What of a cut output is kept as an attachment, at most. */
    static final int MAX_ATTACHMENT_CHARS = 8 << 20;

    private final TurnPort port;
    private final TurnFacts facts;
    private final TurnJournal journal;
    private final TurnState state;
    private final Agent agent;

    ToolRun(TurnPort port, TurnFacts facts, TurnJournal journal, TurnState state, Agent agent) {
        this.agent = agent;
        this.port = port;
        this.facts = facts;
        this.journal = journal;
        this.state = state;
    }

    /**
     * One call to perform.
     *
     * @param spec as pinned; limits and class come from it
     */
    record Job(String key, String request, Tool tool, ToolSpec spec, ToolCall call) {}

    /**
     * @return the recorded outcome, or {@code null} when the turn was cancelled before it had one
     * @throws Halt when the lease was lost or the runtime closes
     */
    Outcomes.@Nullable ToolOutcome perform(Job job) throws InterruptedException {
        port.seam("before " + job.key());
        port.publish(new Activity.ToolStarted(
                facts.turn(),
                job.key(),
                job.spec().name(),
                job.spec().effectClass().name(),
                job.call().arguments()));
        Instant start = port.environment().now();
        Tried tried = tryUntilDone(job);
        if (tried.outcome() == null) {
            port.publish(new Activity.ToolEnded(
                    facts.turn(),
                    job.key(),
                    job.spec().name(),
                    tried.abandoned() ? "abandoned" : "cancelled",
                    true,
                    ""));
            return null;
        }
        Outcomes.ToolOutcome outcome = record(job, tried, start);
        port.publish(new Activity.ToolEnded(
                facts.turn(), job.key(), job.spec().name(), outcome.how(), outcome.error(), outcome.text()));
        port.seam("after " + job.key());
        return outcome;
    }

    private record Tried(
            Outcomes.@Nullable ToolOutcome outcome,
            CallContext.@Nullable Left left,
            List<Outcomes.Attempt> attempts,
            @Nullable Blob attachment,
            boolean abandoned) {}

    private Tried tryUntilDone(Job job) throws InterruptedException {
        var attempts = new ArrayList<Outcomes.Attempt>();
        Duration pause = job.spec().limits().backoff();
        while (true) {
            var context = new CallContext(port, facts, state, job.key(), text -> agent.redacted(clean(text)));
            Supervised.Ending<ToolResult> ending = ended(job, context);
            CallContext.Left left = context.close();
            Outcomes.Attempt failed;
            switch (ending) {
                case Supervised.Ending.Value<ToolResult>(var result) -> {
                    return finished(job, result, left, attempts);
                }
                case Supervised.Ending.Cancelled<ToolResult> c -> {
                    return new Tried(null, null, attempts, null, !c.stopped());
                }
                case Supervised.Ending.TimedOut<ToolResult>(boolean stopped) ->
                    failed = new Outcomes.Attempt("timeout", timeoutText(job, stopped));
                case Supervised.Ending.Threw<ToolResult>(var failure) ->
                    failed = new Outcomes.Attempt(failure.getClass().getSimpleName(), message(failure));
            }
            attempts.add(new Outcomes.Attempt(failed.failure(), within(job, failed.message())));
            if (attempts.size() >= job.spec().limits().attempts()) {
                return tried(job, true, failed.message(), null, attempts);
            }
            if (!Rest.of(port, pause)) {
                return new Tried(null, null, attempts, null, false);
            }
            pause = pause.multipliedBy(2);
        }
    }

    /** What the body wrote is undone unless it came to a value, also when the turn must stop. */
    private Supervised.Ending<ToolResult> ended(Job job, CallContext context) throws InterruptedException {
        boolean counts = false;
        try {
            Supervised.Ending<ToolResult> ending = run(job, context);
            counts = ending instanceof Supervised.Ending.Value;
            return ending;
        } finally {
            if (!counts) {
                context.close().rollback();
            }
        }
    }

    private Supervised.Ending<ToolResult> run(Job job, CallContext context) throws InterruptedException {
        try (var place = port.enter(job.spec())) {
            if (place == null) {
                if (port.cancelRequested()) {
                    return new Supervised.Ending.Cancelled<>(true);
                }
                throw new Halt(new Halt.Reason.Draining());
            }
            return new Supervised<>(
                            port,
                            "tool " + job.spec().name(),
                            () -> port.spanned(
                                    "tool",
                                    job.spec().name(),
                                    job.key(),
                                    () -> job.tool().call(job.call(), context)))
                    .run(job.spec().limits().timeout());
        }
    }

    private static String timeoutText(Job job, boolean stopped) {
        String effect = job.spec().effectClass() == EffectClass.READ ? "" : " It may or may not have taken effect.";
        return "The call did not end within " + job.spec().limits().timeout() + " and was "
                + (stopped ? "stopped." : "given up; it ignores its interrupt.") + effect;
    }

    private String message(Exception failure) {
        String message = failure.getMessage();
        return agent.redacted(clean(
                "The tool failed: " + failure.getClass().getSimpleName() + (message == null ? "" : ": " + message)));
    }

    private Tried finished(Job job, ToolResult result, CallContext.Left left, List<Outcomes.Attempt> attempts) {
        return tried(job, result.error(), agent.redacted(clean(result.text())), left, attempts);
    }

    private static String within(Job job, String text) {
        int limit = job.spec().limits().outputChars();
        return text.length() <= limit ? text : clean(text.substring(0, limit));
    }

    /** A result or a failure, within the limit of the tool (J20). */
    private static Tried tried(
            Job job, boolean error, String whole, CallContext.@Nullable Left left, List<Outcomes.Attempt> attempts) {
        int limit = job.spec().limits().outputChars();
        String text = whole;
        Blob rest = null;
        if (text.length() > limit) {
            rest = Blob.of(text.substring(0, Math.min(text.length(), MAX_ATTACHMENT_CHARS))
                    .getBytes(StandardCharsets.UTF_8));
            text = within(job, text) + "\n[cut here: " + limit + " of " + text.length()
                    + " characters shown; the output is attachment sha256:" + rest.hash()
                    + (text.length() > MAX_ATTACHMENT_CHARS
                            ? ", of which only the first " + MAX_ATTACHMENT_CHARS + " characters are kept"
                            : "")
                    + "]";
        }
        return new Tried(Outcomes.ToolOutcome.of("performed", error, text), left, attempts, rest, false);
    }

    /** Valid Unicode: a lone surrogate has no UTF-8 form. */
    static String clean(String text) {
        boolean valid = true;
        for (int i = 0; i < text.length() && valid; i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                valid = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                i++;
            }
        }
        return valid
                ? text
                : text.codePoints()
                        .map(c -> c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
    }

    private Outcomes.ToolOutcome record(Job job, Tried tried, Instant start) throws InterruptedException {
        CallContext.@Nullable Left given = tried.left();
        List<TurnState.Pending<?>> asked = given == null ? List.of() : given.changes();
        SharedTransaction transaction = given == null ? null : given.transaction();
        if (transaction != null) {
            return recordWithin(transaction, job, tried, asked, start);
        }
        asked.forEach(c -> state.load(c.key()));
        Outcomes.ToolOutcome full = kept(job, tried, asked, start);
        journal.flush();
        return full;
    }

    /**
     * What the body wrote and what it came to land together, or neither does (J10). When a change of its state throws,
     * the call has failed, and only that is recorded.
     */
    private Outcomes.ToolOutcome recordWithin(
            SharedTransaction transaction, Job job, Tried tried, List<TurnState.Pending<?>> asked, Instant start)
            throws InterruptedException {
        boolean failed = Objects.requireNonNull(tried.outcome()).error();
        var kept = new AtomicReference<Outcomes.ToolOutcome>();
        try (transaction) {
            asked.forEach(c -> state.load(c.key()));
            return journal.flushBy(
                    job.key(),
                    () -> {
                        kept.set(kept(job, tried, asked, start));
                        return kept.get();
                    },
                    (entries, blobs) -> {
                        if (kept.get().error() && !failed) {
                            transaction.close();
                            return port.record(entries, blobs);
                        }
                        return port.record(transaction, entries, blobs);
                    });
        }
    }

    private Outcomes.ToolOutcome kept(Job job, Tried tried, List<TurnState.Pending<?>> asked, Instant start) {
        // State and buffer change together, so that an outcome that builds on another's change is never recorded first.
        synchronized (journal) {
            Tried kept = tried;
            List<Outcomes.StateChange> changes = List.of();
            try {
                changes = state.apply(asked);
            } catch (RuntimeException e) { // the tool's own code, as its body is
                kept = tried(job, true, changeText(e), null, tried.attempts());
            }
            return buffered(job, kept, changes, start);
        }
    }

    private String changeText(RuntimeException failure) {
        return message(failure) + " This was in a change of its state, when it had done its work; of what it changed,"
                + " attached and sent nothing is kept.";
    }

    private Outcomes.ToolOutcome buffered(Job job, Tried tried, List<Outcomes.StateChange> changes, Instant start) {
        Outcomes.ToolOutcome plain = Objects.requireNonNull(tried.outcome());
        CallContext.@Nullable Left given = tried.left();
        CallContext.Left left = given == null ? CallContext.Left.NOTHING : given;
        List<Part> files = left.files().stream().<Part>map(Attachment::ref).toList();
        var blobs = left.blobs();
        if (tried.attachment() != null) {
            blobs.add(tried.attachment());
        }
        var full = new Outcomes.ToolOutcome(
                plain.how(),
                plain.error(),
                plain.text(),
                changes,
                left.values(),
                left.progress(),
                List.copyOf(tried.attempts()),
                tried.attachment() == null ? null : tried.attachment().hash(),
                files.isEmpty() ? null : files,
                left.sends().isEmpty() ? null : left.sends());
        var timing = new TurnJournal.Timing(
                start, port.environment().now(), Math.max(1, tried.attempts().size()));
        journal.done(job.key(), "tool", job.spec().effectClass(), job.request(), Json.write(full), timing, blobs);
        return full;
    }
}
