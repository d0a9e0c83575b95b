package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.env.Environment.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.verifier.EpsilonVerifier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The queue to the writer, under every mix of its callers' steps that Lincheck tries: it behaves as if they took turns, and
 * nobody sleeps who has something to do.
 */
class JobQueueOrderTest {
    private static final Environment SYSTEM = Environment.system();

    /** What may be done to a queue by somebody who does not wait. */
    public abstract static class Operations {
        private final JobQueue queue;
        private final Signal taker = SYSTEM.signal();
        private final List<Job<?>> jobs = new ArrayList<>();

        Operations(ReentrantLock lock) {
            queue = new JobQueue(SYSTEM, 100, lock);
            for (int i = 0; i < 10; i++) {
                jobs.add(new Job<>(rows -> null, SYSTEM));
            }
        }

        /** @return whether it was taken in */
        @Operation
        public boolean put(@Param(gen = IntGen.class, conf = "0:9") int job) {
            return queued(job, false);
        }

        @Operation
        public boolean putFirst(@Param(gen = IntGen.class, conf = "0:9") int job) {
            return queued(job, true);
        }

        private boolean queued(int job, boolean urgent) {
            try {
                queue.put(jobs.get(job), urgent);
                return true;
            } catch (IllegalStateException closed) {
                return false;
            }
        }

        /** @return the jobs; -1 when there are none yet */
        @Operation
        public List<Integer> take() {
            List<Job<?>> taken = queue.taken(taker, 2);
            var numbers = new ArrayList<Integer>();
            if (taken == null) {
                numbers.add(-1);
            } else {
                taken.forEach(job -> numbers.add(jobs.indexOf(job)));
            }
            return numbers;
        }

        @Operation
        public int size() {
            return queue.size();
        }

        @Operation
        public void close() {
            queue.close(IllegalStateException::new);
        }
    }

    public static class Locked extends Operations {
        public Locked() {
            super(new ReentrantLock());
        }
    }

    /** The same queue, with a lock that locks nobody out. */
    public static class Unlocked extends Operations {
        public Unlocked() {
            super(new OpenDoor());
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

    @Test
    void s33_aQueueUsedByTwoThreadsBehavesAsIfTheyTookTurns() {
        scenarios(3, 100).check(Locked.class);
    }

    @Test
    @Tag("full")
    void s33_aQueueUsedByThreeThreadsBehavesAsIfTheyTookTurns() {
        scenarios(50, 1_000).threads(3).check(Locked.class);
    }

    private static Actor call(Class<?> subject, String operation, Integer... arguments) {
        return Stream.of(subject.getMethods())
                .filter(m -> m.getName().equals(operation))
                .map(m -> new Actor(m, List.of(arguments)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void withoutItsLockAQueueIsFoundOut() {
        Actor take = call(Unlocked.class, "take");
        var twoTakers = new ExecutionScenario(
                List.of(call(Unlocked.class, "put", 1)), List.of(List.of(take), List.of(take)), List.of(), null);
        assertThatThrownBy(() -> scenarios(0, 200).addCustomScenario(twoTakers).check(Unlocked.class))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("Invalid execution results");
    }

    /** A queue with room for one job, and threads that wait for each other. */
    public abstract static class Waiting {
        private final JobQueue queue;
        private final Signal taker = SYSTEM.signal();

        Waiting(ReentrantLock lock) {
            queue = new JobQueue(SYSTEM, 1, lock);
        }

        @Operation
        public void put() {
            queue.put(new Job<>(rows -> null, SYSTEM), false);
        }

        @Operation
        public int take() {
            return queue.take(taker, 1).size();
        }
    }

    public static class WaitingLocked extends Waiting {
        public WaitingLocked() {
            super(new ReentrantLock());
        }
    }

    public static class WaitingUnlocked extends Waiting {
        public WaitingUnlocked() {
            super(new OpenDoor());
        }
    }

    /**
     * Two jobs for one taker. Which results are right is not asked, as no single thread could do this in turns; that all
     * come to their end is.
     */
    private static void handOver(Class<?> subject, int interleavings) {
        Actor put = call(subject, "put");
        Actor take = call(subject, "take");
        var scenario =
                new ExecutionScenario(List.of(), List.of(List.of(put, put), List.of(take, take)), List.of(), null);
        scenarios(0, interleavings)
                .verifier(EpsilonVerifier.class)
                .addCustomScenario(scenario)
                .check(subject);
    }

    @Test
    void s33_nobodySleepsWhileThereIsAJobOrRoomForOne() {
        handOver(WaitingLocked.class, 300);
    }

    @Test
    @Tag("full")
    void s33_nobodySleepsWhileThereIsAJobOrRoomForOneInManyMoreMixes() {
        handOver(WaitingLocked.class, 50_000);
    }

    @Test
    void withoutItsLockSomebodySleepsForGood() {
        assertThatThrownBy(() -> handOver(WaitingUnlocked.class, 500))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("hung");
    }
}
