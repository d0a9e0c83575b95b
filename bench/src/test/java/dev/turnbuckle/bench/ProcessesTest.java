package dev.turnbuckle.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessesTest {
    @Test
    void sessionsAreSharedEvenlyAndNoneIsLost() {
        assertThat(Processes.share(64, 0, 2)).isEqualTo(32);
        assertThat(Processes.share(64, 1, 2)).isEqualTo(32);
        assertThat(Processes.share(1, 0, 2)).isEqualTo(1);
        assertThat(Processes.share(1, 1, 2)).isZero();
    }

    @Test
    void anOrderIsOneLine() {
        assertThat(Hand.order("64-round1-p0", 32, Duration.ofSeconds(1))).isEqualTo("64-round1-p0 32 1000");
    }

    @Test
    void aRoundIsToldInOneLine() {
        var nanos = new Samples();
        nanos.add(1_000_000);
        nanos.add(3_000_000);
        String line = Hand.write(new Round(nanos, 1.25, 10, new Round.Cost(5_000, 7, 12)));
        assertThat(line).isEqualTo("1.250000000 5000 12 1000000 3000000");
        Round read = Hand.read(line);
        assertThat(read.nanos().all()).containsExactly(1_000_000, 3_000_000);
        assertThat(read.turnsPerSecond()).isEqualTo(1.6);
        assertThat(read.cpu()).isEqualTo(new Round.Cost(5_000, 0, 12));
    }

    @Test
    void aProcessWithoutASessionSaysSo() {
        String line = Hand.write(new Round(new Samples(), 0.001, 0, new Round.Cost(1, 0, 0)));
        assertThat(line).isEqualTo("0.001000000 1 0");
        assertThat(Hand.read(line).nanos().count()).isZero();
    }
}
