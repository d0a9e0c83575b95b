package dev.turnbuckle.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.memory.MemoryStorage;
import dev.turnbuckle.session.SessionSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TestEnvironmentTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final TestEnvironment environment = TestEnvironment.seeded(7);
    private final List<String> seen = new ArrayList<>();

    @AfterEach
    void close() {
        environment.close();
    }

    @Test
    void timeMovesOnlyByTicks() {
        assertThat(environment.now()).isEqualTo("2026-01-01T00:00:00Z");
        environment.tick(Duration.ofDays(3));
        assertThat(environment.now()).isEqualTo("2026-01-04T00:00:00Z");
        assertThat(environment.nanos()).isEqualTo(259_200_000_000_000L);
    }

    @Test
    void aTaskRunsOnlyWhenTheTestWaits() throws InterruptedException {
        var task = environment.start("task", () -> seen.add("ran"));
        assertThat(seen).isEmpty();
        task.join();
        assertThat(seen).containsExactly("ran");
        assertThat(task.ended()).isTrue();
    }

    @Test
    void aWaitingTestMakesTimeJumpToTheEarliestDeadline() throws InterruptedException {
        var task = environment.start("sleeper", () -> {
            sleep(environment, Duration.ofMinutes(5));
            seen.add(environment.now().toString());
        });
        task.join();
        assertThat(seen).containsExactly("2026-01-01T00:05:00Z");
    }

    @Test
    void aTickStopsBeforeLaterDeadlines() {
        environment.start("ticker", () -> {
            for (int i = 1; i <= 5; i++) {
                sleep(environment, SECOND);
                seen.add("second " + i);
            }
        });
        environment.tick(Duration.ofSeconds(3));
        assertThat(seen).containsExactly("second 1", "second 2", "second 3");
        assertThat(environment.now()).isEqualTo("2026-01-01T00:00:03Z");
    }

    @Test
    void aSignalRaisedBeforeTheWaitIsNotLost() throws InterruptedException {
        var signal = environment.signal();
        long before = signal.version();
        environment.start("raiser", signal::raise);
        assertThat(signal.await(before, SECOND)).isTrue();
        assertThat(signal.await(before, SECOND)).isTrue();
        assertThat(signal.await(signal.version(), SECOND)).isFalse();
        assertThat(environment.now()).isEqualTo("2026-01-01T00:00:01Z");
    }

    @Test
    void theSameSeedGivesTheSameRunAndAnotherSeedAnotherOne() {
        List<String> first = run(1);
        assertThat(run(1)).isEqualTo(first);
        assertThat(LongStream.range(2, 12).mapToObj(this::run).distinct().count())
                .isGreaterThan(1);
    }

    private List<String> run(long seed) {
        try (var env = TestEnvironment.seeded(seed)) {
            var order = new ArrayList<String>();
            for (String name : List.of("a", "b", "c", "d")) {
                env.start(name, () -> {
                    for (int i = 0; i < 3; i++) {
                        order.add(name + i + env.id());
                        sleep(env, Duration.ofMillis(i));
                    }
                });
            }
            env.tick(SECOND);
            order.addAll(env.trace());
            return order;
        }
    }

    @Test
    void idsHaveTwentySixCharactersOfBase32() {
        assertThat(environment.id()).matches("[0-9a-hjkmnp-tv-z]{26}");
        assertThat(environment.id()).isNotEqualTo(environment.id());
    }

    @Test
    void anInterruptEndsATasksWait() throws InterruptedException {
        var task = environment.start("waiter", () -> {
            try {
                environment.signal().await(0, Duration.ofDays(1));
            } catch (InterruptedException e) {
                seen.add("interrupted at " + environment.now());
            }
        });
        environment.tick(SECOND);
        task.interrupt();
        task.join();
        assertThat(seen).containsExactly("interrupted at 2026-01-01T00:00:01Z");
    }

    @Test
    void anInterruptBeforeTheWaitIsKeptForIt() throws InterruptedException {
        var task = environment.start("late", () -> {
            seen.add("flag " + Thread.currentThread().isInterrupted());
            sleep(environment, SECOND);
        });
        task.interrupt();
        task.join();
        assertThat(seen).containsExactly("flag true", "interrupted");
        assertThat(environment.now()).isEqualTo("2026-01-01T00:00:00Z");
    }

    @Test
    void anInterruptedTestThreadDoesNotWait() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> environment.sleep(SECOND)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void waitingForWhatNeverComesNamesTheTasksAndWhatTheyWaitFor() {
        var task = environment.start("forgetful", () -> await(environment.signal(), Duration.ofDays(2)));
        assertThatThrownBy(task::join)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(
                        "PT1H of virtual time",
                        "forgetful#1 for signal 1 of main",
                        "until PT48H",
                        "the end of forgetful#1");
        assertThat(environment.now()).isEqualTo("2026-01-01T01:00:00Z");
    }

    @Test
    void aDeadlockIsToldAtOnce() {
        var task = environment.start("stuck", () -> await(environment.signal(), Duration.ofSeconds(Long.MAX_VALUE)));
        assertThatThrownBy(task::join)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("nothing can wake anybody any more");
        assertThat(environment.now()).isEqualTo(TestEnvironment.BEGINNING);
    }

    @Test
    void manyShortWaitsInVainAreOneLongOne() {
        var never = environment.signal();
        assertThatThrownBy(() -> {
                    while (true) {
                        never.await(0, Duration.ofMinutes(7));
                    }
                })
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("PT1H");
    }

    @Test
    void whatATaskThrowsIsKept() throws InterruptedException {
        var task = environment.start("failing", () -> {
            Thread.currentThread().setUncaughtExceptionHandler((t, e) -> seen.add("told " + e.getMessage()));
            throw new IllegalArgumentException("no");
        });
        task.join();
        assertThat(environment.failures()).singleElement().isInstanceOf(IllegalArgumentException.class);
        assertThat(seen).containsExactly("told no");
    }

    @Test
    void tasksOfAKilledProcessDoNothingMore() throws InterruptedException {
        var process = environment.process("node");
        process.start("never ran", () -> seen.add("ran"));
        var waiter = process.start("waiter", () -> {
            try {
                sleep(process, SECOND);
                seen.add("slept");
            } finally {
                seen.add("finally");
            }
        });
        var survivor = environment.start("survivor", () -> {
            sleep(environment, SECOND);
            seen.add("survived");
        });
        environment.start("killer", process::kill);
        survivor.join();
        assertThat(seen).isSubsetOf("survived", "ran").contains("survived");
        assertThatThrownBy(waiter::join).isInstanceOf(ProcessKilled.class).hasMessage("process \"node/1\" was killed");
        assertThatThrownBy(process::now).isInstanceOf(ProcessKilled.class);
    }

    @Test
    void aTaskThatKillsItsOwnProcessIsUnwoundAndRefusedWhateverItsFinallyBlocksTry() throws InterruptedException {
        var process = environment.process("node");
        var storage = new MemoryStorage();
        var guarded = process.guard(storage);
        guarded.open(process);
        var signal = process.signal();
        var task = process.start("suicide", () -> {
            try {
                guarded.sessions().create("before", "agent", SessionSummary.Metadata.NONE);
                process.kill();
                seen.add("after the kill");
            } finally {
                refused(() -> guarded.sessions().create("after", "agent", SessionSummary.Metadata.NONE));
                refused(signal::raise);
                refused(process::id);
                refused(environment::id);
                refused(() -> sleep(environment, SECOND));
            }
        });
        environment.settle();
        assertThat(seen).containsOnly("refused").hasSize(5);
        assertThatThrownBy(task::ended).isInstanceOf(ProcessKilled.class);
        assertThat(storage.sessions().find("before")).isPresent();
        assertThat(storage.sessions().find("after")).isEmpty();
        assertThatThrownBy(() -> guarded.sessions().find("before")).isInstanceOf(ProcessKilled.class);
    }

    @Test
    void aTestThatWaitsInAProcessThatIsKilledIsTold() {
        var process = environment.process("node");
        var signal = process.signal();
        environment.start("killer", () -> {
            sleep(environment, SECOND);
            process.kill();
        });
        assertThatThrownBy(() -> signal.await(0, Duration.ofMinutes(1))).isInstanceOf(ProcessKilled.class);
    }

    @Test
    void aTaskThatCatchesEveryErrorCannotStopTheOthers() throws InterruptedException {
        var process = environment.process("node");
        var zombie = process.start("zombie", () -> {
            while (true) {
                try {
                    process.kill();
                } catch (ProcessKilled caught) {
                    seen.add("caught");
                    seen.clear();
                }
            }
        });
        var other = environment.start("other", () -> seen.add("done"));
        other.join();
        assertThat(seen).contains("done");
        assertThat(zombie).hasToString("zombie#1");
    }

    @Test
    void aStoppedProcessStandsStillWhileTimeGoesOn() {
        var process = environment.process("node");
        process.start("sleeper", () -> {
            sleep(process, SECOND);
            seen.add("awake at " + environment.now());
        });
        environment.settle();
        process.stop();
        environment.tick(Duration.ofSeconds(5));
        assertThat(seen).isEmpty();
        process.proceed();
        environment.settle();
        assertThat(seen).containsExactly("awake at 2026-01-01T00:00:05Z");
    }

    @Test
    void aTaskThatStopsItsOwnProcessGoesOnWhenItContinues() throws InterruptedException {
        var process = environment.process("node");
        var task = process.start("stopping", () -> {
            environment.start("helper", () -> {
                sleep(environment, SECOND);
                process.proceed();
            });
            process.stop();
            seen.add("goes on at " + environment.now());
        });
        task.join();
        assertThat(seen).containsExactly("goes on at 2026-01-01T00:00:01Z");
    }

    @Test
    void aStoppedProcessCanBeKilled() {
        var process = environment.process("node");
        process.start("sleeper", () -> {
            sleep(process, SECOND);
            seen.add("awake");
        });
        environment.settle();
        process.stop();
        process.kill();
        process.proceed();
        environment.tick(Duration.ofSeconds(5));
        assertThat(seen).isEmpty();
        assertThatThrownBy(process::stop).isInstanceOf(ProcessKilled.class);
    }

    @Test
    void aClockThatJumpsTellsItsOwnProcessAnotherTimeAndDisturbsNoSleep() throws InterruptedException {
        var process = environment.process("node");
        process.jump(Duration.ofHours(-2));
        process.jump(Duration.ofMinutes(30));
        assertThat(process.now()).isEqualTo("2025-12-31T22:30:00Z");
        assertThat(environment.now()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(process.nanos()).isZero();
        process.sleep(SECOND);
        assertThat(environment.now()).isEqualTo("2026-01-01T00:00:01Z");
    }

    private void refused(Runnable call) {
        try {
            call.run();
        } catch (ProcessKilled e) {
            seen.add("refused");
        }
    }

    private void sleep(Environment env, Duration duration) {
        try {
            env.sleep(duration);
        } catch (InterruptedException e) {
            seen.add("interrupted");
        }
    }

    private static void await(Environment.Signal signal, Duration duration) {
        try {
            signal.await(0, duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
