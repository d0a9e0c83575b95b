package dev.turnbuckle.testkit.simulation;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** How often each interesting case was reached. */
final class Tally {
    private final SortedMap<String, Long> counts = new TreeMap<>();

    void count(String name) {
        counts.merge(name, 1L, Long::sum);
    }

    SortedMap<String, Long> counts() {
        return new TreeMap<>(counts);
    }

    static void add(Map<String, Long> sum, Map<String, Long> more) {
        more.forEach((name, n) -> sum.merge(name, n, Long::sum));
    }
}
