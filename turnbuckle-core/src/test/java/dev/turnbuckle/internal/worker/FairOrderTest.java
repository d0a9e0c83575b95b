package dev.turnbuckle.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.internal.worker.FairOrder.Candidate;
import dev.turnbuckle.store.Inbox.Share;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FairOrderTest {
    private final FairOrder order = new FairOrder();
    private final TreeMap<String, List<String>> waiting = new TreeMap<>();
    private final List<String> oldest = new ArrayList<>();
    private int pages;

    private List<Share> after(String name) {
        pages++;
        return waiting.tailMap(name, false).entrySet().stream()
                .limit(FairOrder.PAGE)
                .map(e -> new Share(e.getKey(), e.getValue()))
                .toList();
    }

    private List<String> sessions() {
        return order.candidates(oldest, this::after).stream()
                .map(Candidate::session)
                .toList();
    }

    /** One place: whoever is first gets it. */
    private String next() {
        Candidate first = order.candidates(oldest, this::after).getFirst();
        order.served(first);
        return first.session();
    }

    @Test
    void q18_sharesTakeTurnsAndOneMoreIsForWhoWaitsLongest() {
        waiting.put("a", List.of("a1", "a2", "a3"));
        waiting.put("b", List.of("b1"));
        oldest.addAll(List.of("a1", "x", "a2"));
        assertThat(sessions()).containsExactly("a1", "b1", "x", "a2", "a3");
    }

    @Test
    void q18_theRingGoesOnAfterTheShareThatWasServedLast() {
        waiting.put("a", List.of("a1"));
        waiting.put("b", List.of("b1"));
        waiting.put("c", List.of("c1"));
        oldest.add("x");
        assertThat(List.of(next(), next(), next(), next(), next())).containsExactly("a1", "b1", "c1", "x", "a1");
    }

    @Test
    void q18_sharesOfWhichNothingIsDueArePassedOverPageByPage() {
        IntStream.range(1_000, 1_150).forEach(i -> waiting.put("s" + i, List.of()));
        waiting.put("t", List.of("t1"));
        assertThat(sessions()).containsExactly("t1");
        assertThat(pages).as("of 64, and the beginning once more").isEqualTo(4);
    }

    @Test
    void q18_moreIdleSharesThanOneLookTakesAreLeftToTheNext() {
        IntStream.range(1_000, 1_000 + 16 * 64).forEach(i -> waiting.put("s" + i, List.of()));
        waiting.put("t", List.of("t1"));
        oldest.add("x");
        assertThat(List.of(next(), next())).containsExactly("x", "t1");
    }
}
