package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.live.LiveReplay;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LiveFeedsTest {
    private static final Environment SYSTEM = Environment.system();

    /** One reader saw the feed between the moment that it began and the moment that it had the first event. */
    @Test
    void o08_whatOneReaderFetchedWakesThoseWhoFoundNothingAMomentEarlier() throws InterruptedException {
        var feeds =
                new LiveFeeds(SYSTEM, new LiveReplay.Bounds(5, Duration.ofMinutes(2), 1_000, Duration.ofMinutes(10)));
        Thread dispatcher = Thread.ofVirtual().start(feeds::dispatch);
        var wake = SYSTEM.signal();
        LiveFeed feed = feeds.subscribe("s", wake);
        var start = new Cursor("life", 0, 7, "s");
        assertThat(feed.reached("life", 7, 0)).isTrue();
        long seen = wake.version();
        assertThat(feed.after(start, 100, 0)).isEmpty();
        var row = new LiveRow("s", 8, 0, 0, 0, new Activity.SessionEnded("8"), "12");
        assertThat(feeds.reached(feed, start, 0, List.of(row))).isFalse();
        assertThat(wake.await(seen, Duration.ofSeconds(20))).as("woken").isTrue();
        assertThat(feed.after(start, 100, 0)).hasSize(1);
        feeds.close();
        dispatcher.join();
    }
}
