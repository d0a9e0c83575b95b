package dev.turnbuckle.testkit;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A model that says what a test wrote down. Which step answers a request is read off the request: as many steps are past
 * as the request holds answers of the model (assistant messages, and runtime messages that stand for an empty answer).
 * So one script serves any number of sessions, and a turn that is driven on in another process, with a fresh instance,
 * gets the right step.
 *
 * <p>A failing step leaves nothing in the history. Failing steps therefore belong to the next answering step, and each
 * is thrown once by an instance: {@code of(fails(RATE_LIMIT, "slow down"), says("Hello"))} fails once, then answers.
 * {@link #counting} chooses steps by a counter instead: the n-th call gets the n-th step.
 *
 * <p>Asked for more than is scripted, it fails the turn with a {@link ModelFailure} and keeps the request: see
 * {@link #verify}. Thread-safe.
 */
public final class ScriptedModel implements Model {
    private final String name;
    private final List<Step> steps;
    private final boolean counting;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<ModelRequest> requests = new ArrayList<>();
    private final List<String> unscripted = new ArrayList<>();
    private final Map<Integer, Integer> thrown = new HashMap<>();
    private volatile Environment environment = Environment.system();

    private ScriptedModel(String name, List<Step> steps, boolean counting) {
        this.name = name;
        this.steps = List.copyOf(steps);
        this.counting = counting;
    }

    public static ScriptedModel of(Step... steps) {
        return new ScriptedModel("scripted", List.of(steps), false);
    }

    /**
     * A script from a JSON file. Everything but one of {@code say}, {@code think}, {@code call}, {@code fail} and
     * {@code empty} is optional:
     *
     * <pre>{@code
     * {
     *   "name": "scripted",
     *   "steps": [
     *     {"think": "Which city?", "signature": "s1", "call": [{"tool": "weather", "arguments": {"city": "Oslo"}}]},
     *     {"fail": "RATE_LIMIT", "message": "slow down"},
     *     {"say": "Take an umbrella.", "after": "PT1S", "pausing": "PT0.05S", "usage": {"input": 12, "output": 4}},
     *     {"empty": true}
     *   ]
     * }
     * }</pre>
     *
     * {@code after} and {@code pausing} are ISO-8601 durations, {@code fail} is a {@link ModelFailure.Kind}.
     *
     * @throws dev.turnbuckle.error.InvalidInputException naming the file, and the line or the path that is wrong
     */
    public static ScriptedModel load(Path file) {
        return ScriptFile.read(file);
    }

    // ---- steps

    /** Streams the text word by word. */
    public static Step says(String text) {
        return raw(new Part.Text(text));
    }

    public static Step thinks(String text) {
        return raw(new Part.Reasoning(text, null));
    }

    /**
     * Reasoning that a vendor signed.
     *
     * @param signature the vendor's opaque signature, which comes back with the next request
     */
    public static Step thinks(String text, String signature) {
        return raw(new Part.Reasoning(text, signature));
    }

    /**
     * One call.
     *
     * @param arguments a record, or JSON as a string
     */
    public static Step calls(String tool, Object arguments) {
        return callsAll(call(tool, arguments));
    }

    /** Several calls in one answer. */
    public static Step callsAll(Part.ToolCall... calls) {
        return Step.of(List.of(calls));
    }

    /** One call for {@link #callsAll}; its id is given when it is answered: {@code call-<step>-<index>}, both from 1. */
    public static Part.ToolCall call(String tool, Object arguments) {
        return new Part.ToolCall("", tool, arguments instanceof String json ? json : Json.writeUser(arguments));
    }

    public static Step fails(ModelFailure.Kind kind, String message) {
        return fails(new ModelFailure(kind, message));
    }

    public static Step fails(ModelFailure failure) {
        return new Step(List.of(), failure, Duration.ZERO, Duration.ZERO, Usage.NONE);
    }

    /** An answer without text and calls. */
    public static Step empty() {
        return Step.of(List.of());
    }

    public static Step raw(Part... parts) {
        return Step.of(List.of(parts));
    }

    // ---- configuration

    /** The same script under another model name. */
    public ScriptedModel named(String modelName) {
        return new ScriptedModel(modelName, steps, counting);
    }

    /** The same script, one step for each call whatever the request holds: for one session in one process. */
    public ScriptedModel counting() {
        return new ScriptedModel(name, steps, true);
    }

    /** Where its pauses are taken; {@link TestTurnbuckle} sets it. Threads and the system's clock unless set. */
    public ScriptedModel on(Environment pauses) {
        environment = pauses;
        return this;
    }

    // ---- what a test looks at

    /** What was asked, in order, failed attempts included. */
    public List<ModelRequest> requests() {
        lock.lock();
        try {
            return List.copyOf(requests);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Fails the test that scripted too little.
     *
     * @throws AssertionError when it was asked for more than is scripted, naming each such request
     */
    public void verify() {
        lock.lock();
        try {
            if (!unscripted.isEmpty()) {
                throw new AssertionError("the script has " + steps.size() + " steps, but was asked for more: "
                        + String.join("; ", unscripted));
            }
        } finally {
            lock.unlock();
        }
    }

    // ---- the model

    @Override
    public ModelSpec spec() {
        return ModelSpec.named(name);
    }

    @Override
    public void stream(ModelRequest request, Consumer<ModelEvent> events) throws InterruptedException {
        int index = choose(request);
        Step step = steps.get(index);
        pause(step.after());
        if (step.failure() != null) {
            throw step.failure();
        }
        List<Part> parts = withIds(step.parts(), index + 1);
        for (Part part : parts) {
            switch (part) {
                case Part.Text t -> words(t.text(), step, events, ModelEvent.TextDelta::new);
                case Part.Reasoning r -> words(r.text(), step, events, ModelEvent.ReasoningDelta::new);
                default -> {}
            }
        }
        boolean calls = parts.stream().anyMatch(Part.ToolCall.class::isInstance);
        events.accept(new ModelEvent.Completed(parts, step.usage(), calls ? "tool_calls" : "stop"));
    }

    private int choose(ModelRequest request) {
        lock.lock();
        try {
            requests.add(request);
            int index = counting ? requests.size() - 1 : stepFor(answersIn(request.messages()));
            if (index >= steps.size()) {
                unscripted.add("\"" + lastWords(request) + "\" after " + answersIn(request.messages()) + " answers");
                throw new ModelFailure(
                        ModelFailure.Kind.BAD_REQUEST,
                        "the script has " + steps.size() + " steps and nothing to say to " + unscripted.getLast());
            }
            return index;
        } finally {
            lock.unlock();
        }
    }

    /** @return index of the step, or of the failing step before it that was not thrown yet */
    private int stepFor(int answers) {
        int index = 0;
        for (int past = 0; index < steps.size(); index++) {
            boolean failing = steps.get(index).failure() != null;
            if (failing && past == answers && thrown.putIfAbsent(index, answers) == null) {
                return index;
            }
            if (!failing && past++ == answers) {
                return index;
            }
        }
        return index;
    }

    /** An empty answer is not kept; the runtime's words about it follow something else than an answer. */
    private static int answersIn(List<Message> messages) {
        int answers = 0;
        Message before = null;
        for (Message message : messages) {
            boolean aboutNothing = message.role() == Message.Role.RUNTIME
                    && (before == null || before.role() != Message.Role.ASSISTANT);
            if (message.role() == Message.Role.ASSISTANT || aboutNothing) {
                answers++;
            }
            before = message;
        }
        return answers;
    }

    private static String lastWords(ModelRequest request) {
        if (request.messages().isEmpty()) {
            return "";
        }
        Message last = request.messages().getLast();
        String text = last.role() == Message.Role.TOOL ? last.parts().toString() : last.text();
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }

    private static List<Part> withIds(List<Part> parts, int step) {
        var given = new ArrayList<Part>();
        int calls = 0;
        for (Part part : parts) {
            if (part instanceof Part.ToolCall call) {
                calls++;
                boolean own = !call.id().isEmpty();
                given.add(own ? call : new Part.ToolCall("call-" + step + "-" + calls, call.name(), call.arguments()));
            } else {
                given.add(part);
            }
        }
        return given;
    }

    private interface Delta {
        ModelEvent of(String text);
    }

    private void words(String text, Step step, Consumer<ModelEvent> events, Delta delta) throws InterruptedException {
        boolean first = true;
        for (String word : Words.of(text)) {
            if (!first) {
                pause(step.pausing());
            }
            first = false;
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            events.accept(delta.of(word));
        }
    }

    private void pause(Duration duration) throws InterruptedException {
        if (!duration.isZero()) {
            environment.sleep(duration);
        }
    }
}
