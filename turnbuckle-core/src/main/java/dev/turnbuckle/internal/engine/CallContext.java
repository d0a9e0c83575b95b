package dev.turnbuckle.internal.engine;

import dev.turnbuckle.live.Activity;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.tool.StateKey;
import dev.turnbuckle.tool.ToolContext;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What one attempt of a call sees and leaves; dead once its body was given up. Thread-safe. */
final class CallContext implements ToolContext {
    /** How many of the last progress notes are part of the outcome. */
    static final int KEPT_PROGRESS = 8;

    /** Bound of the values and state changes of one call. */
    static final int MAX_NOTES = 1_000;

    private final TurnPort port;
    private final TurnFacts facts;
    private final TurnState state;
    private final String key;
    private final UnaryOperator<String> redaction;
    private final List<TurnState.Pending<?>> changes = new ArrayList<>();
    private final List<String> values = new ArrayList<>();
    private final Deque<String> progress = new ArrayDeque<>();
    private boolean closed;

    CallContext(TurnPort port, TurnFacts facts, TurnState state, String key, UnaryOperator<String> redaction) {
        this.redaction = redaction;
        this.port = port;
        this.facts = facts;
        this.state = state;
        this.key = key;
    }

    @Override
    public String session() {
        return facts.session();
    }

    @Override
    public TurnId turn() {
        return facts.turn();
    }

    @Override
    public String idempotencyKey() {
        return facts.idempotencyKey(key);
    }

    @Override
    public Optional<String> context(String name) {
        return Optional.ofNullable(facts.context().get(name));
    }

    @Override
    public boolean cancelled() {
        return port.cancelRequested();
    }

    @Override
    public synchronized void progress(String note) {
        if (closed) {
            return;
        }
        String text = redaction.apply(note);
        if (progress.size() == KEPT_PROGRESS) {
            progress.removeFirst();
        }
        progress.addLast(text);
        port.publish(new Activity.ToolProgress(facts.turn(), key, text));
    }

    @Override
    public Instant now() {
        Instant now = port.environment().now();
        note("now " + now);
        return now;
    }

    @Override
    public String newId() {
        String id = port.environment().id();
        note("id " + id);
        return id;
    }

    private synchronized void note(String value) {
        requireRoom(values.size());
        values.add(value);
    }

    @Override
    public <S> S state(StateKey<S> name) {
        state.load(name);
        synchronized (this) {
            return state.read(name, List.copyOf(changes));
        }
    }

    @Override
    public synchronized <S> void update(StateKey<S> name, UnaryOperator<S> change) {
        if (closed) {
            throw new IllegalStateException("the call " + key + " has ended; its context changes nothing any more");
        }
        requireRoom(changes.size());
        changes.add(new TurnState.Pending<>(name, change));
    }

    private void requireRoom(int used) {
        if (used >= MAX_NOTES) {
            throw new IllegalStateException("one call may change state or take values at most " + MAX_NOTES + " times");
        }
    }

    /** Ends the call: nothing is accepted afterwards. */
    synchronized Left close() {
        closed = true;
        return new Left(List.copyOf(changes), List.copyOf(values), List.copyOf(progress));
    }

    record Left(List<TurnState.Pending<?>> changes, List<String> values, List<String> progress) {}
}
