package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.live.LiveReplay;
import dev.turnbuckle.live.SessionEvent;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What is kept of a stream for its readers here: one unbroken piece, or the tables are asked. */
class LiveFeedTest {
    private static final String LIFE = "life";

    private final LiveFeed feed =
            new LiveFeed(new LiveReplay.Bounds(5, Duration.ofMinutes(2), 1_000, Duration.ofMinutes(10)));

    private static List<LiveRow> rows(long... positions) {
        return LongStream.of(positions)
                .mapToObj(p -> new LiveRow("s", p, 0, p * 10, 0, new Activity.SessionEnded("" + p), "0123456789"))
                .toList();
    }

    private List<Long> after(long position) {
        List<SessionEvent> events = feed.after(new Cursor(LIFE, 0, position, "s"), 100, 0);
        return events == null
                ? null
                : events.stream().map(e -> e.cursor().position()).toList();
    }

    @Test
    void nothingIsKeptBeforeSomebodyHasReadToTheEnd() {
        assertThat(feed.add(LIFE, rows(1, 2))).isTrue();
        assertThat(after(0)).isNull();
        assertThat(feed.tail()).isEqualTo(-1);
    }

    @Test
    void whatFollowsIsServedFromMemory() {
        assertThat(feed.reached(LIFE, 7, 0)).isTrue();
        assertThat(after(7)).isEmpty();
        feed.add(LIFE, rows(8, 9));
        feed.add(LIFE, rows(9, 10)); // the own flush and the look at the tables may both bring it
        assertThat(after(7)).containsExactly(8L, 9L, 10L);
        assertThat(after(9)).containsExactly(10L);
        assertThat(after(10)).isEmpty();
        assertThat(after(6)).isNull();
        assertThat(after(11)).isNull();
        assertThat(feed.add(LIFE, rows(8))).as("news").isFalse();
    }

    @Test
    void nobodyReadsOverAHole() {
        feed.reached(LIFE, 0, 0);
        feed.add(LIFE, rows(1, 2, 4, 5));
        assertThat(after(0)).isNull();
        assertThat(after(2)).isNull();
        assertThat(after(3)).containsExactly(4L, 5L);
        feed.add(LIFE, rows(7));
        assertThat(after(5)).isNull();
        assertThat(after(6)).containsExactly(7L);
    }

    @Test
    void noMoreIsKeptThanTheBoundsAllow() {
        feed.reached(LIFE, 0, 0);
        feed.add(LIFE, rows(1, 2, 3, 4, 5, 6, 7));
        assertThat(after(1)).isNull();
        assertThat(after(2)).hasSize(5);
        assertThat(feed.after(new Cursor(LIFE, 0, 2, "s"), 100, 31))
                .as("older than what counts")
                .isNull();
    }

    @Test
    void anotherLifeBeginsAnew() {
        feed.reached(LIFE, 0, 0);
        feed.add(LIFE, rows(1, 2));
        assertThat(feed.leave("another")).isTrue();
        assertThat(after(0)).isNull();
        assertThat(feed.leave("another")).isFalse();
    }
}
