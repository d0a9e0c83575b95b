package dev.turnbuckle.bench;

import dev.turnbuckle.live.Activity;
import java.util.ArrayDeque;

/** The least that a bounded buffer of recent events does: a position, a time, and the oldest goes. Nobody else may read it. */
final class LeastRing {
    private static final int KEPT = 2_048;

    private record Slot(long position, long nanos, Activity activity) {}

    private final ArrayDeque<Slot> slots = new ArrayDeque<>(KEPT);
    private long tail;

    void append(Activity activity) {
        if (slots.size() == KEPT) {
            slots.removeFirst();
        }
        slots.addLast(new Slot(++tail, System.nanoTime(), activity));
    }
}
