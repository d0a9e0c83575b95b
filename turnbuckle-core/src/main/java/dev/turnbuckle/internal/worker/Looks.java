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
    private static final Duration IDLE = Duration.ofMinutes(10);

    /** How often a shared store is looked at while its nodes tell each other: a lost hint costs little more. */
    private static final Duration TOLD = Duration.ofSeconds(1);

    /** What has been due for less is left to the node that accepted it. */
    private static final Duration OTHERS = Duration.ofMillis(250);

    private final Node node;
    private final AtomicBoolean told = new AtomicBoolean(true);
    private boolean planned;
    /** When something becomes due, on the monotonic clock; never later than it does. */
    private long dueAt;

    Looks(Node node) {
        this.node = node;
    }

    /** There may be something for this node; from any thread. */
    void told() {
        told.set(true);
    }

    private boolean shared() {
        return node.storage().traits().shared();
    }

    private boolean flowing() {
        return node.storage().wakeups().flowing();
    }

    /**
     * A look begins. When the next session becomes due is asked first, and what the look takes is decided after that: what
     * becomes due in between is found now, and what does later is planned.
     *
     * @return for how long a session must have been due for this look
     */
    Duration begin() {
        boolean was = planned;
        long then = dueAt;
        plan();
        boolean due = was && node.environment().nanos() - then >= 0;
        boolean said = told.getAndSet(false);
        return said || due || !flowing() ? Duration.ZERO : OTHERS;
    }

    /** Without hints a shared store is looked at often anyway. */
    private void plan() {
        long asked = node.environment().nanos();
        Optional<Duration> until = shared() && !flowing()
                ? Optional.empty()
                : node.storage().inbox().untilDue(node.agentNames());
        planned = until.isPresent() && until.get().compareTo(IDLE) < 0;
        dueAt = planned ? asked + until.get().toNanos() : 0;
    }

    /** @return how long there need not be another, unless something is told, while this node has no place for anything */
    Duration pauseWhileFull() {
        return !shared() ? IDLE : flowing() ? TOLD : node.options().poll();
    }

    /**
     * A look ended.
     *
     * @param found whether it found anything, which may not all be begun yet
     * @param least how soon there may be another
     * @return how long there need not be one, unless something is told
     */
    Duration pause(boolean found, Duration least) {
        Duration longest = pauseWhileFull();
        Duration shortest = shared() ? node.options().poll() : least;
        Duration next = planned ? Duration.ofNanos(dueAt - node.environment().nanos()) : longest;
        return found || next.compareTo(shortest) < 0 ? shortest : next.compareTo(longest) > 0 ? longest : next;
    }
}
