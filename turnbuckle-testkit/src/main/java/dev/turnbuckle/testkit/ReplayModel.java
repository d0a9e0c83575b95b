package dev.turnbuckle.testkit;

import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.testkit.RecordedCall.Asked;
import dev.turnbuckle.testkit.RecordedCall.Failed;
import dev.turnbuckle.testkit.RecordedCall.Told;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model that answers from a {@link Cassette}; made by {@link Cassette#replay()}. A request that was recorded several
 * times gets its answers in the order of the recording, and then the last one again and again: so a call that is made
 * again after a crash is answered, and a fresh instance begins with the first. Text and reasoning are streamed word by
 * word.
 *
 * <p>A request that was not recorded fails its turn with a {@link ModelFailure} of kind {@code BAD_REQUEST}, which names
 * the nearest recorded request and what differs, and {@link #verify} fails the test. Thread-safe.
 */
public final class ReplayModel implements Model {
    private final ModelSpec spec;
    private final CassetteFile file;
    private final CassetteJson form;
    private final List<RecordedCall> calls;
    private final Map<ObjectNode, List<RecordedCall.Answer>> answers = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<ObjectNode, Integer> given = new HashMap<>();
    private final List<String> misses = new ArrayList<>();

    ReplayModel(ModelSpec spec, CassetteFile file, CassetteJson form, List<RecordedCall> calls) {
        this.spec = spec;
        this.file = file;
        this.form = form;
        this.calls = calls;
        calls.forEach(c ->
                answers.computeIfAbsent(c.request(), r -> new ArrayList<>()).add(c.answer()));
    }

    @Override
    public ModelSpec spec() {
        return spec;
    }

    /** @throws ModelFailure the recorded one, or that there is no answer to this request */
    @Override
    public void stream(ModelRequest request, Consumer<ModelEvent> events) throws InterruptedException {
        RecordedCall.Answer answer = answer(form.request(Asked.of(request)));
        for (ModelEvent delta : answer.streamed()) {
            switch (delta) {
                case ModelEvent.TextDelta t -> words(t.text(), events, ModelEvent.TextDelta::new);
                case ModelEvent.ReasoningDelta r -> words(r.text(), events, ModelEvent.ReasoningDelta::new);
                case ModelEvent.Completed c -> throw new IllegalStateException("no delta: " + c);
            }
        }
        switch (answer) {
            case Told told -> events.accept(told.completed());
            case Failed(var streamed, var failure) ->
                throw new ModelFailure(
                        failure.kind(), String.valueOf(failure.getMessage()), failure.retryAfter(), null);
        }
    }

    private interface Delta {
        ModelEvent of(String text);
    }

    private static void words(String text, Consumer<ModelEvent> events, Delta delta) throws InterruptedException {
        for (String word : Words.of(text)) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            events.accept(delta.of(word));
        }
    }

    private RecordedCall.Answer answer(ObjectNode request) {
        lock.lock();
        try {
            List<RecordedCall.Answer> recorded = answers.get(request);
            if (recorded == null) {
                misses.add(missed(request));
                throw new ModelFailure(ModelFailure.Kind.BAD_REQUEST, misses.getLast());
            }
            int before = given.merge(request, 1, Integer::sum) - 1;
            return recorded.get(Math.min(before, recorded.size() - 1));
        } finally {
            lock.unlock();
        }
    }

    private String missed(ObjectNode request) {
        Nearest nearest = Nearest.of(request, calls);
        String more = nearest.differences() > nearest.paths().size()
                ? "\n  … " + nearest.differences() + " values differ in all"
                : "";
        return "the cassette " + file.path() + " has no answer to this request with "
                + request.path("messages").size() + " messages. Nearest is call " + (nearest.index() + 1) + " of "
                + calls.size() + ", line " + file.line("/calls/" + nearest.index()) + ":\n  "
                + String.join("\n  ", nearest.paths()) + more + "\nIf this request is what you want, record again: "
                + CassetteFile.RECORD_AGAIN;
    }

    /**
     * Fails the test that asked for what is not recorded.
     *
     * @throws AssertionError telling of each such request
     */
    public void verify() {
        lock.lock();
        try {
            if (!misses.isEmpty()) {
                throw new AssertionError(String.join("\n", misses));
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "replay of " + file.path();
    }
}
