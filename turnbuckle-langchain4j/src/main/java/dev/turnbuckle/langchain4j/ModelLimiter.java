package dev.turnbuckle.langchain4j;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.model.ModelFailure;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How much may be in flight at once: a host makes one and hands it to the models that share a vendor's quota. Calls wait
 * in the order in which they came, and an interrupt ends the wait. Thread-safe. In one process; without a limiter
 * nothing is limited.
 */
public final class ModelLimiter {
    /** Without {@link #waiting} so many calls may wait. */
    public static final int DEFAULT_WAITING = 1_000;

    /** A bound that is none. */
    private static final int UNBOUNDED = Integer.MAX_VALUE;

    private final int requests;
    private final int tokens;
    private final int waiting;
    private final Semaphore freeRequests;
    private final Semaphore freeTokens;
    private final AtomicInteger waiters = new AtomicInteger();

    private ModelLimiter(int requests, int tokens, int waiting) {
        if (requests < 1 || tokens < 1 || waiting < 1) {
            throw new InvalidInputException("the bounds of a limiter must be at least 1: " + requests + " requests, "
                    + tokens + " tokens, " + waiting + " waiting");
        }
        this.requests = requests;
        this.tokens = tokens;
        this.waiting = waiting;
        this.freeRequests = new Semaphore(requests, true);
        this.freeTokens = new Semaphore(tokens, true);
    }

    /** At most so many calls at once. */
    public static ModelLimiter requests(int requests) {
        return new ModelLimiter(requests, UNBOUNDED, DEFAULT_WAITING);
    }

    /**
     * A limiter that also bounds tokens: an estimate of each request (four characters are one) and what its answer may
     * have, where {@code max_tokens} says so. A call that alone is larger waits until it is alone.
     */
    public ModelLimiter tokens(int tokens) {
        return new ModelLimiter(requests, tokens, waiting);
    }

    /** A limiter with which at most so many calls wait; one more fails as {@code RATE_LIMIT}. */
    public ModelLimiter waiting(int waiting) {
        return new ModelLimiter(requests, tokens, waiting);
    }

    /** Calls in flight. */
    public int inFlight() {
        return requests - freeRequests.availablePermits();
    }

    /** The place of one call; leaving twice is harmless. */
    final class Place implements AutoCloseable {
        private int held;

        private Place(int held) {
            this.held = held;
        }

        @Override
        public void close() {
            if (held > 0) {
                freeTokens.release(held);
                freeRequests.release();
                held = 0;
            }
        }
    }

    /** Waits for a place. */
    Place enter(long estimate) throws InterruptedException {
        int wanted = Math.clamp(estimate, 1, tokens);
        if (waiters.incrementAndGet() > waiting) {
            waiters.decrementAndGet();
            throw new ModelFailure(
                    ModelFailure.Kind.RATE_LIMIT,
                    "already " + waiting
                            + " calls wait for this model's limiter. Send less at once, or let more wait.");
        }
        try {
            freeRequests.acquire();
            try {
                freeTokens.acquire(wanted);
            } catch (InterruptedException e) {
                freeRequests.release();
                throw e;
            }
            return new Place(wanted);
        } finally {
            waiters.decrementAndGet();
        }
    }
}
