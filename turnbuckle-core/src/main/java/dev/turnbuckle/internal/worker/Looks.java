package dev.turnbuckle.internal.worker;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * When the claim loop looks at the store, and for what. Nodes that share a store and tell each other what they leave to
 * others look for the sake of three things: somebody said that there is something, something was going to become due at
 * that time, or a hint was lost. The last is in no hurry, so such a look leaves alone what the node that accepted it is
 * about to start: two nodes that start one session wait for each other (decision 20).
 *
 * <p>For the claim loop's task, but for {@link #told}.
 */
final class Looks {
    /** Without other processes and without anything due, only offers bring work; this is a safety net. */
    static final Duration IDLE = Duration.ofMinutes(10);

    /** How often a shared store is looked at while its nodes tell each other: a lost hint costs little more. */
    static final Duration TOLD = Duration.ofSeconds(1);

    /** What has been due for less is left to the node that accepted it. */
    static final Duration OTHERS = Duration.ofMillis(250);

    private final Node node;
    private final AtomicBoolean told = new AtomicBoolean(true);
    private boolean planned;
    private long dueAt;

    Looks(Node node) {
        this.node = node;
    }

    /** There may be something for this node; from any thread. */
    void told() {
        told.set(true);
    }

    private boolean flowing() {
        return node.storage().wakeups().flowing();
    }

    /** Whether it helps to know when something becomes due; without hints a shared store is looked at often anyway. */
    boolean asksWhen() {
        return !node.storage().traits().shared() || flowing();
    }

    /** A look begins. @return for how long a session must have been due for it */
    Duration since() {
        boolean said = told.getAndSet(false);
        boolean due = planned && node.environment().nanos() - dueAt >= 0;
        return said || due || !flowing() ? Duration.ZERO : OTHERS;
    }

    /**
     * A look ended.
     *
     * @param found whether it found anything, which may not all be begun yet
     * @param until how long until something becomes due, asked before the look
     * @param least how soon there may be another
     * @return how long there need not be one, unless something is told
     */
    Duration next(boolean found, Optional<Duration> until, Duration least) {
        planned = until.isPresent() && until.get().compareTo(IDLE) < 0;
        if (planned) {
            dueAt = node.environment().nanos() + until.get().toNanos();
        }
        Duration poll = node.options().poll();
        boolean shared = node.storage().traits().shared();
        if (shared && !flowing()) {
            return poll;
        }
        Duration soonest = shared ? poll : least;
        Duration latest = shared ? TOLD : IDLE;
        Duration next = found ? soonest : until.orElse(latest);
        return next.compareTo(soonest) < 0 ? soonest : next.compareTo(latest) > 0 ? latest : next;
    }
}
