package dev.turnbuckle.jdbc;

import dev.turnbuckle.live.LiveReplay;
import dev.turnbuckle.testkit.tck.LiveReplayContract;
import dev.turnbuckle.testkit.tck.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;

/** The live replay suite; each instance has tables of its own, so each has a life of its own. */
class PostgresLiveReplayTest extends LiveReplayContract {
    private static final long LOOK_NANOS = 1_000_000;

    private final List<PostgresFixture> fixtures = new ArrayList<>();

    @Override
    protected LiveReplay liveReplay(int events, Duration age, long bytes) {
        var fixture = new PostgresFixture();
        fixtures.add(fixture);
        PostgresStorage storage = fixture.builder().connections(1).build();
        storage.open(Stores.ENVIRONMENT); // makes the tables
        storage.close();
        return PostgresLiveReplay.builder(storage)
                .bounds(new LiveReplay.Bounds(events, age, bytes, idle()))
                .build();
    }

    @Override
    protected Duration idle() {
        return Duration.ofMinutes(10);
    }

    @Override
    protected void settle(LiveReplay replay, ManualClock time) {
        var live = (PostgresLiveReplay) replay;
        while (!live.isSettled()) {
            if (live.isHolding()) {
                tick(time, Duration.ofMillis(10));
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    @Override
    protected void tick(ManualClock time, Duration duration) {
        time.tick(duration);
        fixtures.forEach(f -> f.tick(duration));
    }

    @AfterEach
    void giveBack() {
        fixtures.forEach(PostgresFixture::close);
    }
}
