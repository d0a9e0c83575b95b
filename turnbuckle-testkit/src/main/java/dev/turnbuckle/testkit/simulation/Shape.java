package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.live.LiveReplay;
import java.time.Duration;

/**
 * The size of one run, and how its nodes are set.
 *
 * @param nodes one of them has its store for itself
 * @param actions what each user does, roughly: sends, steers, cancels, looks
 * @param storm how long everything breaks
 * @param attempts drives before a turn fails (T12)
 * @param presumesDead whether the store knows at once that a killed node is dead (L7)
 * @param hints whether nodes tell each other what they leave to others
 * @param idlePeople whether approvals are left to their deadline while the storm lasts
 * @param live bounds of each node's live replay
 */
record Shape(
        int nodes,
        int sessions,
        int actions,
        int observers,
        Duration storm,
        Duration ttl,
        Duration poll,
        int attempts,
        int concurrentTurns,
        boolean presumesDead,
        boolean hints,
        boolean idlePeople,
        LiveReplay.Bounds live) {
    private static final LiveReplay.Bounds NARROW =
            new LiveReplay.Bounds(12, Duration.ofSeconds(3), 64 << 10, Duration.ofSeconds(5));

    /** Whether several processes use the store at the same time. */
    boolean shared() {
        return nodes > 1;
    }

    static Shape drawn(Dice dice) {
        return new Shape(
                dice.oneOf(1, 2, 2, 3, 3),
                dice.between(1, 3),
                dice.between(4, 9),
                dice.between(1, 2),
                dice.millis(3_000, 9_000),
                dice.oneOf(Duration.ofMillis(900), Duration.ofSeconds(2), Duration.ofSeconds(4)),
                dice.oneOf(Duration.ofMillis(100), Duration.ofMillis(400)),
                dice.oneOf(3, 8, 30, 30),
                dice.oneOf(1, 2, 16),
                dice.chance(0.4),
                dice.chance(0.5),
                dice.chance(0.2),
                dice.chance(0.5) ? NARROW : LiveReplay.Bounds.DEFAULT);
    }
}
