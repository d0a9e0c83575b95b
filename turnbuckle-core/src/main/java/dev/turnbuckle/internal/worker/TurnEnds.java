package dev.turnbuckle.internal.worker;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.store.Turns.TurnRef;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who waits in this process for which turn; an ending reaches them without a read. Nobody waiting costs nothing. */
public final class TurnEnds {
    private final Environment environment;
    /** By session, then by turn; mostly one. */
    private final ConcurrentMap<String, Map<TurnId, Waiter>> waiters = new ConcurrentHashMap<>();

    private final Consumer<String> tell;

    /** @param tell told the session of whatever happens here, for the other nodes */
    TurnEnds(Environment environment, Consumer<String> tell) {
        this.environment = environment;
        this.tell = tell;
    }

    /** One turn's waiters. */
    public static final class Waiter {
        private final Environment.Signal signal;
        private volatile @Nullable TurnOutcome outcome;
        private int count;

        Waiter(Environment.Signal signal) {
            this.signal = signal;
        }

        public Environment.Signal signal() {
            return signal;
        }

        /** The ending, once this process saw it. A suspension is not told but read: it may be over by now. */
        public @Nullable TurnOutcome outcome() {
            return outcome;
        }
    }

    public Waiter enter(TurnRef turn) {
        Map<TurnId, Waiter> entered = waiters.compute(turn.session(), (s, there) -> {
            var next = there == null ? new HashMap<TurnId, Waiter>() : new HashMap<>(there);
            next.computeIfAbsent(turn.turn(), t -> new Waiter(environment.signal())).count++;
            return next;
        });
        return Objects.requireNonNull(Objects.requireNonNull(entered).get(turn.turn()));
    }

    public void leave(TurnRef turn) {
        waiters.computeIfPresent(turn.session(), (s, there) -> {
            var next = new HashMap<>(there);
            next.computeIfPresent(turn.turn(), (t, waiter) -> --waiter.count == 0 ? null : waiter);
            return next.isEmpty() ? null : next;
        });
    }

    private @Nullable Waiter waiter(TurnRef turn) {
        return waiters.getOrDefault(turn.session(), Map.of()).get(turn.turn());
    }

    void ended(TurnRef turn, TurnOutcome outcome) {
        tell.accept(turn.session());
        Waiter waiter = waiter(turn);
        if (waiter != null) {
            waiter.outcome = outcome;
            waiter.signal.raise();
        }
    }

    /** Something changed that waiters should read: a suspension, an answered wait. */
    public void changed(TurnRef turn) {
        tell.accept(turn.session());
        Waiter waiter = waiter(turn);
        if (waiter != null) {
            waiter.signal.raise();
        }
    }

    /** The same for all turns of a session: it was deleted. */
    public void changed(String session) {
        tell.accept(session);
        heard(session);
    }

    /** Another node says so. */
    void heard(String session) {
        waiters.getOrDefault(session, Map.of()).values().forEach(w -> w.signal.raise());
    }

    void wakeAll() {
        waiters.values().forEach(of -> of.values().forEach(w -> w.signal.raise()));
    }
}
