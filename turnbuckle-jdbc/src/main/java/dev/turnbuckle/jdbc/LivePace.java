package dev.turnbuckle.jdbc;

import java.time.Duration;

/**
 * When a reader looks for news: soon after a notice, now and then in any case. A look that is under way may have been too
 * early for a notice that comes meanwhile, so that one asks for the next look.
 */
final class LivePace {
    /** How often it looks for news while no notices come. */
    static final Duration POLL = Duration.ofMillis(100);

    /** The same while they come. */
    static final Duration CHECK = Duration.ofSeconds(1);

    /** Looks for news are so far apart at least. */
    static final Duration LEAST = Duration.ofMillis(10);

    private volatile boolean noticed;
    private volatile boolean told;
    private long beganAt;

    /** @param nanos now, on the process's monotonic clock, as everywhere here */
    LivePace(long nanos) {
        this.beganAt = nanos;
    }

    /** There is news, any thread says. */
    void notice() {
        noticed = true;
    }

    /** Whether notices come at all, so that looking from time to time is a precaution only. */
    void listens(boolean listens) {
        told = listens;
    }

    /** A look begins: before its snapshot is taken. */
    void begin(long nanos) {
        noticed = false;
        beganAt = nanos;
    }

    /** Until the next look is due; zero when it is. */
    Duration left(long nanos) {
        Duration every = noticed ? LEAST : told ? CHECK : POLL;
        Duration left = every.minus(Duration.ofNanos(nanos - beganAt));
        return left.isNegative() ? Duration.ZERO : left;
    }
}
