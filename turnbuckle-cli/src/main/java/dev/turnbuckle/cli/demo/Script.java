package dev.turnbuckle.cli.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What a demo does: which inputs, how fast, and where each worker in turn is killed. */
final class Script {
    /** Instants that a whole turn passes, about; a worker that takes over late passes fewer, and goes on to the next. */
    private static final int INSTANTS = 40;

    /** Of the longest thing that the model says. */
    private static final int WORDS = 9;

    private static final int LONGEST_DELAY_MILLIS = 400;

    /** Where a kill falls: at an instant that the worker is told, or so long after it took over. */
    private record Kill(Holds.Moment hold, @Nullable Duration after) {}

    private final boolean story;
    private final List<Kill> plan;

    private Script(boolean story, List<Kill> plan) {
        this.story = story;
        this.plan = plan;
    }

    /** Three kills, where they hurt. */
    static Script story() {
        return new Script(
                true,
                List.of(
                        held(new Holds.Moment.Words(9)),
                        held(new Holds.Moment.Named("before model/2")),
                        held(new Holds.Moment.Named(Holds.LEDGER_WRITTEN))));
    }

    /** Anywhere; the same seed draws the same moments. */
    static Script random(int kills, long seed) {
        var random = new Random(seed);
        var plan = new ArrayList<Kill>();
        for (int i = 0; i < kills; i++) {
            plan.add(kill(random));
        }
        return new Script(false, plan);
    }

    private static Kill kill(Random random) {
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> held(new Holds.Moment.Nth(1 + random.nextInt(INSTANTS)));
            case 3 -> held(new Holds.Moment.Words(1 + random.nextInt(WORDS)));
            case 4 -> held(new Holds.Moment.Named(Holds.LEDGER_WRITTEN));
            default -> new Kill(new Holds.Moment.None(), Duration.ofMillis(random.nextInt(LONGEST_DELAY_MILLIS)));
        };
    }

    private static Kill held(Holds.Moment moment) {
        return new Kill(moment, null);
    }

    int kills() {
        return plan.size();
    }

    String pace() {
        return story ? "story" : "fast";
    }

    /** Processes that are ready or starting, beside the one that drives and the one that stands by. */
    int spare() {
        return story ? 1 : 2;
    }

    String input(int number) {
        return story
                ? "Charge order A-17 and tell me when it arrives."
                : "Charge order A-" + (number + 1) + ", book its delivery and tell me when it arrives.";
    }

    /** Where workers stand still for the kill of this number. */
    Holds.Moment hold(int kill) {
        return kill < plan.size() ? plan.get(kill).hold() : new Holds.Moment.None();
    }

    /** How long after the last one took over the kill of this number is made; {@code null} when a worker is held for it. */
    @Nullable Duration killAfter(int kill) {
        return plan.get(kill).after();
    }
}
