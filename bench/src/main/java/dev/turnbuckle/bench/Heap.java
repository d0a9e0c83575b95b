package dev.turnbuckle.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;

/** What is left of the heap when nobody holds what nobody needs. */
final class Heap {
    private static final int ROUNDS = 8;

    private Heap() {}

    /** Bytes in use after collections that find nothing more. */
    static long bytes() throws InterruptedException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            System.gc();
            Thread.sleep(50); // references that were cleared let go of more
            MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
            least = Math.min(least, heap.getUsed());
        }
        return least;
    }
}
