package dev.turnbuckle.cli.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What a demo does: which inputs, how fast, and where each worker in turn is killed. */
final class Script {
    /** Instants that a whole turn passes, about; a worker that takes over late passes fewer, and goes on to the next. */
    private static final int INSTANTS = 60;

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
                        new Kill(new Holds.Moment.Words(9), null),
                        new Kill(new Holds.Moment.Named("before model/2"), null),
                        new Kill(new Holds.Moment.Named(Holds.LEDGER_WRITTEN), null)));
    }

    /** Anywhere; the same seed draws the same moments. */
    static Script random(int kills, long seed) {
        var random = new Random(seed);
        var plan = new ArrayList<Kill>();
        for (int i = 0; i < kills; i++) {
            plan.add(
                    random.nextBoolean()
                            ? new Kill(new Holds.Moment.Nth(1 + random.nextInt(INSTANTS)), null)
                            : new Kill(
                                    new Holds.Moment.None(), Duration.ofMillis(random.nextInt(LONGEST_DELAY_MILLIS))));
        }
        return new Script(false, plan);
    }

    int kills() {
        return plan.size();
    }

    String pace() {
        return story ? "story" : "fast";
    }

    /** Processes that are started ahead. */
    int processes() {
        return story ? 2 : 3;
    }

    String input(int number) {
        return story
                ? "Charge order A-17 and tell me when it arrives."
                : "Charge order A-" + (number + 1) + ", book its delivery and tell me when it arrives.";
    }

    /** Where the so-many-th worker stands still to be killed. */
    Holds.Moment hold(int worker) {
        return worker < plan.size() ? plan.get(worker).hold() : new Holds.Moment.None();
    }

    /** How long the so-many-th worker drives before it is killed; {@code null} when it is held instead. */
    @Nullable Duration killAfter(int worker) {
        return plan.get(worker).after();
    }
}
