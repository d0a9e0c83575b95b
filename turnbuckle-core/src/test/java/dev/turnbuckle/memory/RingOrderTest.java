package dev.turnbuckle.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.CatchUp;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.live.LiveReplay;
import dev.turnbuckle.live.SessionEvent;
import dev.turnbuckle.session.TurnId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever threads do to a ring at the same time, there is an order in which they could have done it one after the other:
 * Lincheck walks through the ways in which their steps may mix.
 */
class RingOrderTest {
    private static final TurnId TURN = new TurnId("t-1");
    private static final String[] WORDS = {
        "", "1", "22", "333", "4444", "55555", "666666", "7777777", "88888888", "999999999"
    };
    private static final Supplier<Instant> NOON = () -> Instant.EPOCH;
    private static final MemoryLiveReplay.Bounds THREE =
            new MemoryLiveReplay.Bounds(3, Duration.ofHours(1), 1 << 20, Duration.ZERO);

    /** What may be done to a ring. Time stands still but for a trim, which is late enough to drop an unused ring. */
    public abstract static class Operations {
        private final Ring ring;
        private final Environment.Signal reader = Environment.system().signal();

        Operations(Ring ring) {
            this.ring = ring;
        }

        @Operation
        public Ring.Appended append(@Param(gen = IntGen.class, conf = "1:9") int letters) {
            return ring.append(new Activity.TextDelta(TURN, "item", WORDS[letters]), 0, NOON);
        }

        @Operation
        public Ring.Appended commit(@Param(gen = IntGen.class, conf = "1:3") int revision) {
            return ring.append(new Activity.Committed(revision, 1), 0, NOON);
        }

        @Operation
        public List<Long> after(@Param(gen = IntGen.class, conf = "0:4") int position) {
            CatchUp answer = ring.after(new Cursor("life", 0, position, "s"), 2, 0);
            var said = new ArrayList<Long>();
            if (answer instanceof CatchUp.Gap gap) {
                said.add(-1L - gap.reason().ordinal());
                said.add(gap.latestRevision());
            } else {
                for (SessionEvent event : ((CatchUp.Events) answer).events()) {
                    said.add(event.cursor().position());
                    said.add(event.cursor().revision());
                    said.add(
                            event.activity() instanceof Activity.TextDelta d
                                    ? (long) d.text().length()
                                    : 0L);
                }
            }
            return said;
        }

        /** The cursor and the open text belong together (O13). */
        @Operation
        public List<Long> tail() {
            LiveReplay.Tail tail = ring.tail("life", -1);
            var said = new ArrayList<Long>();
            if (tail != null) {
                said.add(tail.cursor().position());
                said.add(tail.cursor().revision());
                tail.open().forEach(item -> said.add((long) item.text().length()));
            }
            return said;
        }

        @Operation
        public boolean subscribe() {
            return ring.subscribe(reader);
        }

        @Operation
        public void unsubscribe() {
            ring.unsubscribe(reader, 0);
        }

        @Operation
        public boolean trim() {
            return ring.trim(1);
        }
    }

    public static class Locked extends Operations {
        public Locked() {
            super(new Ring("s", THREE, 0));
        }
    }

    /** The same ring, with a lock that locks nobody out. */
    public static class Unlocked extends Operations {
        public Unlocked() {
            super(new Ring("s", THREE, 0, new OpenDoor()));
        }
    }

    private static final class OpenDoor extends ReentrantLock {
        @Override
        public void lock() {}

        @Override
        public void unlock() {}
    }

    private static ModelCheckingOptions scenarios(int scenarios, int interleavings) {
        return new ModelCheckingOptions()
                .iterations(scenarios)
                .invocationsPerIteration(interleavings)
                .threads(2)
                .actorsPerThread(2)
                .actorsBefore(2)
                .actorsAfter(1)
                .minimizeFailedScenario(false);
    }

    private static Actor call(Class<?> subject, String operation, Integer... arguments) {
        return Stream.of(subject.getMethods())
                .filter(m -> m.getName().equals(operation))
                .map(m -> new Actor(m, List.of(arguments)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void o05_aRingUsedByTwoThreadsBehavesAsIfTheyTookTurns() {
        scenarios(3, 100).check(Locked.class);
    }

    @Test
    @Tag("full")
    void o05_aRingUsedByThreeThreadsBehavesAsIfTheyTookTurns() {
        scenarios(50, 1_000).threads(3).check(Locked.class);
    }

    @Test
    void withoutItsLockARingIsFoundOut() {
        var twoAppends = new ExecutionScenario(
                List.of(),
                List.of(List.of(call(Unlocked.class, "append", 1)), List.of(call(Unlocked.class, "append", 2))),
                List.of(call(Unlocked.class, "tail")),
                null);
        assertThatThrownBy(() -> scenarios(0, 200).addCustomScenario(twoAppends).check(Unlocked.class))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("Invalid execution results");
    }

    /** What may be done to one session of a live replay that keeps nothing: each look of the clock is later than the last. */
    public static class Replay {
        private final MemoryLiveReplay live =
                new MemoryLiveReplay(new MemoryLiveReplay.Bounds(3, Duration.ZERO, 1 << 20, Duration.ZERO));

        public Replay() {
            live.open(new Ticking());
        }

        @Operation
        public void append() {
            live.append("s", new Activity.WorkChanged("work", "started"));
        }

        @Operation
        public void trim() {
            live.trim();
        }

        @Operation
        public long tail() {
            return live.tail("s", -1).cursor().position();
        }
    }

    private static final class Ticking implements Environment {
        private final AtomicLong nanos = new AtomicLong();

        @Override
        public long nanos() {
            return nanos.incrementAndGet();
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public String id() {
            return "life";
        }

        @Override
        public long random() {
            return 4;
        }

        @Override
        public Signal signal() {
            return Environment.system().signal();
        }

        @Override
        public Task start(String name, Runnable body) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Task startBlocking(String name, Runnable body) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void sleep(Duration duration) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void o10_noPositionIsGivenTwiceWhenARingGoesWhileItIsAppendedTo() {
        Actor append = call(Replay.class, "append");
        var dropped = new ExecutionScenario(
                List.of(append),
                List.of(List.of(call(Replay.class, "trim")), List.of(append)),
                List.of(append, call(Replay.class, "tail")),
                null);
        scenarios(0, 500).addCustomScenario(dropped).check(Replay.class);
    }

    /** Found with three threads: a trim that had looked at the clock earlier brought a dropped ring back to life. */
    @Test
    void o10_aRetiredRingStaysSoWhateverALaterTrimFinds() {
        var ring = new Ring("s", new LiveReplay.Bounds(3, Duration.ZERO, 1 << 20, Duration.ZERO), 0);
        var activity = new Activity.WorkChanged("work", "started");
        assertThat(ring.append(activity, 2, () -> Instant.EPOCH)).isEqualTo(Ring.Appended.QUIET);
        assertThat(ring.trim(4)).isTrue();
        assertThat(ring.trim(1)).isTrue();
        assertThat(ring.append(activity, 5, () -> Instant.EPOCH)).isEqualTo(Ring.Appended.RETIRED);
    }

    @Test
    @Tag("full")
    void o10_noPositionIsGivenTwiceHoweverRingsComeAndGo() {
        scenarios(50, 1_000).threads(3).check(Replay.class);
    }
}
