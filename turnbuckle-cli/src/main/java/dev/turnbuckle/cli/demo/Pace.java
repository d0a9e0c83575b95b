package dev.turnbuckle.cli.demo;

import dev.turnbuckle.env.Environment;
import java.time.Duration;

/** How long the scripted model takes for a word, and a tool for a call. */
public record Pace(Duration word, Duration call) {
    /** For eyes. */
    static final Pace STORY = new Pace(Duration.ofMillis(70), Duration.ofMillis(450));

    /** For many kills. */
    static final Pace FAST = new Pace(Duration.ofMillis(3), Duration.ofMillis(10));

    static final Pace NONE = new Pace(Duration.ZERO, Duration.ZERO);

    static Pace named(String name) {
        return switch (name) {
            case "story" -> STORY;
            case "fast" -> FAST;
            case "none" -> NONE;
            default -> throw new IllegalArgumentException("no pace is named " + name);
        };
    }

    void spend(Duration time) throws InterruptedException {
        if (time.isPositive()) {
            Environment.system().sleep(time);
        }
    }
}
