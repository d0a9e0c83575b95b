package dev.turnbuckle.testkit.tck;

import dev.turnbuckle.live.LiveReplay;
import dev.turnbuckle.memory.MemoryLiveReplay;
import java.time.Duration;

class MemoryLiveReplayTest extends LiveReplayContract {
    @Override
    protected LiveReplay liveReplay(int events, Duration age, long bytes) {
        return new MemoryLiveReplay(new MemoryLiveReplay.Bounds(events, age, bytes, idle()));
    }

    @Override
    protected Duration idle() {
        return Duration.ofMinutes(10);
    }
}
