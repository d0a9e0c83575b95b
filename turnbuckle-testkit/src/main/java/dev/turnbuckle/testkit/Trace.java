package dev.turnbuckle.testkit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The newest lines of what happened. Guarded by the baton's lock. */
final class Trace {
    static final int MAX_LINES = 20_000;

    private final Deque<String> lines = new ArrayDeque<>();

    void add(long nanos, String what, Object who) {
        if (lines.size() == MAX_LINES) {
            lines.removeFirst();
        }
        lines.addLast(nanos / 1_000 + "us " + what + " " + who);
    }

    List<String> lines() {
        return List.copyOf(lines);
    }
}
