package dev.turnbuckle.testkit.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.CatchUp;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.live.LiveReplay;
import dev.turnbuckle.live.SessionEvent;
import dev.turnbuckle.memory.MemoryLiveReplay;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The live replay suite fed with broken ones: each is caught by tests of the rules that are named here, and by no others. */
class LiveAntiTest {
    /** What the suite below runs against; set for one run of it. */
    private static final Supplier<Call.Interceptor> NOTHING = () -> Call::proceed;

    private static Supplier<Call.Interceptor> breaking = NOTHING;

    static class Broken extends LiveReplayContract {
        @Override
        protected LiveReplay liveReplay(int events, Duration age, long bytes) {
            var bounds = new LiveReplay.Bounds(events, age, bytes, idle());
            return Call.through(breaking.get(), LiveReplay.class, new MemoryLiveReplay(bounds));
        }

        @Override
        protected Duration idle() {
            return Duration.ofMinutes(10);
        }
    }

    /** @param interceptor made anew for each instance */
    record LiveBreakage(String name, Set<String> caughtBy, Supplier<Call.Interceptor> interceptor) {
        static LiveBreakage of(String name, List<String> caughtBy, Supplier<Call.Interceptor> interceptor) {
            return new LiveBreakage(name, Set.copyOf(caughtBy), interceptor);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @ParameterizedTest
    @MethodSource("breakages")
    void aBreakageIsCaughtByItsRuleAndByNothingElse(LiveBreakage breakage) {
        breaking = breakage.interceptor();
        try {
            assertThat(AntiTest.brokenRules(Broken.class)).isEqualTo(new TreeSet<>(breakage.caughtBy()));
        } finally {
            breaking = NOTHING;
        }
    }

    static Stream<LiveBreakage> breakages() {
        return Stream.of(
                LiveBreakage.of("nothing is broken", List.of(), () -> Call::proceed),
                LiveBreakage.of("hides what was trimmed", List.of("O5", "O6", "O7", "O9", "O10"), () -> call -> {
                    Object result = call.proceed();
                    boolean trimmed = result instanceof CatchUp.Gap gap && gap.reason() == CatchUp.Reason.TRIMMED;
                    return trimmed ? new CatchUp.Events(List.of()) : result;
                }),
                LiveBreakage.of("takes positions of another life", List.of("O6"), () -> call -> {
                    if (call.is("after")) {
                        Cursor c = call.argument(0, Cursor.class);
                        Cursor own = ((LiveReplay) call.target())
                                .tail(c.session(), 0)
                                .cursor();
                        Cursor forged = new Cursor(own.incarnation(), c.revision(), c.position(), c.session());
                        return call.proceedWith(forged, call.arguments().get(1));
                    }
                    return call.proceed();
                }),
                LiveBreakage.of("loses an event", List.of("O3", "O5", "O6", "O10", "O16"), () -> call -> {
                    Object result = call.proceed();
                    return result instanceof CatchUp.Events(var events)
                            ? new CatchUp.Events(
                                    events.stream().filter(e -> !isB(e)).toList())
                            : result;
                }),
                LiveBreakage.of("tells a commit twice", List.of("O16", "O17"), () -> call -> {
                    boolean again = call.is("append") && call.arguments().get(1) instanceof Activity.Committed;
                    if (again) {
                        Activity.Committed c = call.argument(1, Activity.Committed.class);
                        call.proceed();
                        return call.proceedWith(call.arguments().get(0), new Activity.Compacted(c.revision(), 0));
                    }
                    return call.proceed();
                }),
                LiveBreakage.of(
                        "forgets the reason of the end",
                        List.of("O11"),
                        () -> call -> call.is("end")
                                ? call.proceedWith(call.arguments().get(0), "")
                                : call.proceed()));
    }

    private static boolean isB(SessionEvent event) {
        return event.activity() instanceof Activity.TextDelta d && d.text().equals("b");
    }
}
