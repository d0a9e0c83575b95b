package dev.turnbuckle.internal.worker;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.store.Turns.TurnRef;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who waits in this process for which turn; an ending reaches them without a read. Nobody waiting costs nothing. */
public final class TurnEnds {
    private final Environment environment;
    private final ConcurrentMap<TurnRef, Waiter> waiters = new ConcurrentHashMap<>();

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
        Waiter entered = waiters.compute(turn, (t, there) -> {
            Waiter waiter = there == null ? new Waiter(environment.signal()) : there;
            waiter.count++;
            return waiter;
        });
        return java.util.Objects.requireNonNull(entered);
    }

    public void leave(TurnRef turn) {
        waiters.computeIfPresent(turn, (t, waiter) -> --waiter.count == 0 ? null : waiter);
    }

    void ended(TurnRef turn, TurnOutcome outcome) {
        tell.accept(turn.session());
        Waiter waiter = waiters.get(turn);
        if (waiter != null) {
            waiter.outcome = outcome;
            waiter.signal.raise();
        }
    }

    /** Something changed that waiters should read: a suspension, an answered wait. */
    public void changed(TurnRef turn) {
        tell.accept(turn.session());
        Waiter waiter = waiters.get(turn);
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
        waiters.forEach((turn, waiter) -> {
            if (turn.session().equals(session)) {
                waiter.signal.raise();
            }
        });
    }

    void wakeAll() {
        waiters.values().forEach(w -> w.signal.raise());
    }
}
