package dev.turnbuckle.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CrowdTest {
    @Test
    void aBurstIsOverWhenEverybodyHasAllOfIt() throws InterruptedException {
        try (var crowd = new Crowd(20)) {
            for (int i = 0; i < 50; i++) {
                crowd.burst(64);
            }
            crowd.settle(1);
            crowd.append();
            crowd.settle(0);
        }
    }

    @Test
    void theFloorsCrowdReadsEverythingToo() throws InterruptedException {
        try (var crowd = new LeastCrowd(20)) {
            for (int i = 0; i < 50; i++) {
                crowd.burst(64);
            }
            crowd.settle(1);
            crowd.wake();
            crowd.settle(0);
        }
    }

    @Test
    void aReaderThatFailsIsToldToTheWriter() {
        var arrivals = new Arrivals(2);
        arrivals.expect(1);
        arrivals.read(1);
        arrivals.failed(new IllegalArgumentException("a gap"));
        assertThatIllegalStateException()
                .isThrownBy(arrivals::await)
                .withMessage("1 readers did not read everything")
                .withCauseInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void putForwardBothClocksAreAhead() {
        var environment = new AheadEnvironment();
        long nanos = environment.nanos();
        Instant now = environment.now();
        environment.putForward(Duration.ofMinutes(30));
        assertThat(environment.nanos() - nanos).isBetween(1_800_000_000_000L, 1_860_000_000_000L);
        assertThat(Duration.between(now, environment.now())).isBetween(Duration.ofMinutes(30), Duration.ofMinutes(31));
    }
}
