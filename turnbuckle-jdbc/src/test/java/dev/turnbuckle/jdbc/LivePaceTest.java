package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LivePaceTest {
    private static final long SECOND = 1_000_000_000;

    private final LivePace pace = new LivePace(0);

    @Test
    void itLooksOftenUntilItIsTold() {
        pace.begin(SECOND);
        assertThat(pace.left(SECOND + 30_000_000)).isEqualTo(Duration.ofMillis(70));
        assertThat(pace.left(SECOND + 100_000_000)).isEqualTo(Duration.ZERO);
        pace.listens(true);
        assertThat(pace.left(SECOND + 30_000_000)).isEqualTo(Duration.ofMillis(970));
        pace.listens(false);
        assertThat(pace.left(SECOND + 30_000_000)).isEqualTo(Duration.ofMillis(70));
    }

    @Test
    void aNoticeAsksForALookAtOnceButNotMoreThanAHundredASecond() {
        pace.listens(true);
        pace.begin(SECOND);
        pace.notice();
        assertThat(pace.left(SECOND + 4_000_000)).isEqualTo(Duration.ofMillis(6));
        assertThat(pace.left(SECOND + 10_000_000)).isEqualTo(Duration.ZERO);
        pace.begin(SECOND + 10_000_000);
        assertThat(pace.left(SECOND + 10_000_000)).isEqualTo(Duration.ofSeconds(1));
    }
}
