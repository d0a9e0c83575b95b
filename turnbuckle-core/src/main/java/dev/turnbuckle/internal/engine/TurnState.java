package dev.turnbuckle.internal.engine;

import dev.turnbuckle.error.WiringException;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.Component;
import dev.turnbuckle.tool.StateKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The session's state components while a turn runs. A call's changes become visible when the call ends, in that order
 * ({@code seq}), so a recalled turn ends with the same state. Thread-safe.
 */
final class TurnState {
    /** Who wrote a component, for the message that a newer program's bytes deserve (S23). */
    private static final String WRITER = "turnbuckle " + version();

    private static String version() {
        String version = TurnState.class.getPackage().getImplementationVersion();
        return version == null ? "(not from a jar)" : version;
    }

    private final Map<String, Component> base;
    private final Function<String, Blob> blobs;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Value> values = new HashMap<>();
    /** Stored values that were read, by component name. */
    private final Map<String, String> loaded = new ConcurrentHashMap<>();

    private long seq;

    private record Value(long seq, int version, String json) {}

    TurnState(Map<String, Component> base, Function<String, Blob> blobs) {
        this.base = base;
        this.blobs = blobs;
    }

    /** One change of a call that has not ended yet. */
    record Pending<S>(StateKey<S> key, UnaryOperator<S> change) {
        @SuppressWarnings("unchecked") // names are unique per type within a session; a clash fails in the cast below
        <T> T applyTo(StateKey<T> asked, T value) {
            return asked.name().equals(key.name()) ? asked.type().cast(change.apply((S) value)) : value;
        }
    }

    /** Reads what is stored, so that nothing is read while a lock is held. Call before {@link #read} and {@link #apply}. */
    void load(StateKey<?> key) {
        Component stored = base.get(key.name());
        if (stored != null && !loaded.containsKey(key.name())) {
            loaded.put(key.name(), blobs.apply(stored.hash()).text());
        }
    }

    /** The value with a call's own changes. */
    <S> S read(StateKey<S> key, List<Pending<?>> own) {
        S value = current(key);
        for (Pending<?> p : own) {
            value = p.applyTo(key, value);
        }
        return value;
    }

    private <S> S current(StateKey<S> key) {
        Value changed;
        lock.lock();
        try {
            changed = values.get(key.name());
        } finally {
            lock.unlock();
        }
        if (changed != null) {
            requireVersion(key, changed.version(), WRITER);
            return Json.readUser(changed.json(), key.type());
        }
        Component stored = base.get(key.name());
        if (stored == null) {
            return key.initial().get();
        }
        requireVersion(key, stored.version(), stored.writer());
        String json = loaded.get(key.name());
        if (json == null) {
            throw new IllegalStateException("state \"" + key.name() + "\" is to be loaded before it is read");
        }
        return Json.readUser(json, key.type());
    }

    private static void requireVersion(StateKey<?> key, int stored, String writer) {
        if (stored != key.version()) {
            throw new WiringException(
                    "state \"" + key.name() + "\" is stored in encoding version " + stored + " (written by "
                            + writer + "), this program reads version " + key.version()
                            + "; deploy a program that knows it, or give the state a new name");
        }
    }

    /**
     * Applies a call's changes to the state as it is now, all or, when one throws, none; what is returned goes into its
     * recorded outcome.
     */
    List<Outcomes.StateChange> apply(List<Pending<?>> changes) {
        lock.lock();
        try {
            return applyAll(changes);
        } finally {
            lock.unlock();
        }
    }

    private List<Outcomes.StateChange> applyAll(List<Pending<?>> changes) {
        var before = Map.copyOf(values);
        try {
            return changes.stream().<Outcomes.StateChange>map(this::applyOne).toList();
        } catch (RuntimeException e) { // the tool's own code; what it changed before it threw is taken back
            values.clear();
            values.putAll(before);
            throw e;
        }
    }

    private <S> Outcomes.StateChange applyOne(Pending<S> pending) {
        StateKey<S> key = pending.key();
        lock.lock();
        try {
            S next = pending.change().apply(current(key));
            String json = Json.writeUser(next);
            seq++;
            values.put(key.name(), new Value(seq, key.version(), json));
            return new Outcomes.StateChange(seq, key.name(), key.version(), json);
        } finally {
            lock.unlock();
        }
    }

    /** A recorded change: the latest in the order of the turn wins, in whatever order calls are recalled. */
    void recall(List<Outcomes.StateChange> changes) {
        lock.lock();
        try {
            for (var c : changes) {
                Value there = values.get(c.name());
                if (there == null || there.seq() < c.seq()) {
                    values.put(c.name(), new Value(c.seq(), c.version(), c.json()));
                }
                seq = Math.max(seq, c.seq());
            }
        } finally {
            lock.unlock();
        }
    }

    /** The complete map for the commit; {@code null} when nothing changed. */
    @Nullable Map<String, Component> components() {
        lock.lock();
        try {
            if (values.isEmpty()) {
                return null;
            }
            var all = new TreeMap<String, Component>();
            base.forEach((name, c) -> all.put(name, c.unchanged()));
            values.forEach((name, v) -> all.put(name, Component.changed(v.version(), WRITER, Blob.of(v.json()))));
            return all;
        } finally {
            lock.unlock();
        }
    }
}
