package dev.turnbuckle.testkit.tck;

import dev.turnbuckle.live.LiveReplay;
import dev.turnbuckle.memory.MemoryLiveReplay;
import dev.turnbuckle.testkit.TestEnvironment;
import java.time.Duration;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

class MemoryLiveReplayTest extends LiveReplayContract {
    @Override
    protected LiveReplay liveReplay(int events, Duration age, long bytes) {
        return new MemoryLiveReplay(new LiveReplay.Bounds(events, age, bytes, idle()));
    }

    @Override
    protected Duration idle() {
        return Duration.ofMinutes(10);
    }

    @RepeatedTest(20)
    void subscribersOfOneMomentDoNotHoldEachOtherUp(RepetitionInfo repetition) throws InterruptedException {
        try (var environment = TestEnvironment.seeded(repetition.getCurrentRepetition())) {
            var replay = new MemoryLiveReplay();
            replay.open(environment);
            var first = environment.start("first", () -> replay.subscribe("s", environment.signal()));
            var second = environment.start("second", () -> replay.subscribe("s", environment.signal()));
            first.join();
            second.join();
            replay.close();
        }
    }
}
