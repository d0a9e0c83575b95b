package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.live.LiveReplay.Origin;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What waits, with room for three. */
class LiveQueueTest {
    private final LiveQueue queue = new LiveQueue(new LiveQueue.Bounds(3, 100_000));

    private static LiveEntry entry(int revision) {
        return new LiveEntry.Head(new LiveEntry.Stamp(Origin.OUTSIDE, 0), revision, false);
    }

    private void put(String session, int... revisions) {
        IntStream.of(revisions).forEach(r -> queue.put(session, entry(r)));
    }

    private static List<Long> revisions(LiveQueue.Share share) {
        return share.entries().stream().map(LiveEntry::presumed).toList();
    }

    @Test
    void whatIsBeingStoredTakesItsRoomUntilItIsStored() {
        put("s", 1, 2);
        Map<String, LiveQueue.Share> taken = queue.take(10);
        put("s", 3);
        put("t", 4);
        assertThat(queue.take(10).get("t").dropped()).as("there was no room").isTrue();
        queue.done(taken.get("s").entries());
        put("t", 5, 6);
        assertThat(revisions(queue.take(10).get("t"))).containsExactly(5L, 6L);
    }

    @Test
    void whatIsGivenBackGoesBeforeWhatCameSince() {
        put("s", 1, 2);
        LiveQueue.Share share = queue.take(10).get("s");
        put("s", 3);
        queue.giveBack("s", share);
        put("t", 4);
        Map<String, LiveQueue.Share> taken = queue.take(10);
        assertThat(revisions(taken.get("s"))).containsExactly(1L, 2L, 3L);
        assertThat(taken.get("t").dropped()).as("three have all the room").isTrue();
    }

    @Test
    void whatIsGivenBackToASessionThatLostSomethingSinceIsLostToo() {
        put("s", 1, 2);
        LiveQueue.Share share = queue.take(10).get("s");
        put("s", 3, 4);
        queue.giveBack("s", share);
        assertThat(queue.take(10)).containsOnlyKeys("s").containsEntry("s", new LiveQueue.Share(List.of(), true));
        put("s", 5, 6, 7);
        assertThat(revisions(queue.take(10).get("s"))).containsExactly(5L, 6L, 7L);
        assertThat(queue.isEmpty()).isTrue();
    }
}
