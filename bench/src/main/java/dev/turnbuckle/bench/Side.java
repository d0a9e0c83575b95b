package dev.turnbuckle.bench;

import java.time.Duration;

/** One side of a comparison: turns in this process or in others. */
interface Side {
    /** @param name begins the names of this round's sessions; never used twice on one database */
    Round round(String name, int sessions, Duration length) throws InterruptedException;
}
