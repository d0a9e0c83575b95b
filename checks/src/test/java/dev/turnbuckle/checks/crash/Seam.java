package dev.turnbuckle.checks.crash;

import dev.turnbuckle.env.Probe;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Numbers each seam that the turn passes, tells its parent, and stands still at the one that was asked for. */
final class Seam implements Probe {
    static final String PASSED = "PASSED ";
    static final String STOPPED = "STOPPED ";

    /** Calls that look for work or only wait for an end; they come at any time. */
    private static final List<String> UNORDERED = List.of(
            "Leases.expireDead",
            "Leases.renew",
            "Turns.cancelled",
            "Turns.find",
            "SessionStore.heads",
            "SessionStore.find",
            "Inbox.due",
            "Inbox.untilDue",
            "Inbox.find");

    private final String stopAt;
    private final Consumer<String> passed;
    private final Map<String, AtomicInteger> occurrences = new ConcurrentHashMap<>();

    Seam(String stopAt, Consumer<String> passed) {
        this.stopAt = stopAt;
        this.passed = passed;
    }

    @Override
    public void at(String name) {
        if (UNORDERED.stream().anyMatch(name::endsWith)) {
            return;
        }
        int n = occurrences.computeIfAbsent(name, s -> new AtomicInteger()).incrementAndGet();
        String numbered = name + "#" + n;
        if (numbered.equals(stopAt)) {
            say(STOPPED + numbered);
            standStill();
        }
        say(PASSED + numbered);
        passed.accept(numbered);
    }

    private static void standStill() {
        var never = new CountDownLatch(1);
        while (true) {
            try {
                never.await();
            } catch (InterruptedException e) {
                // killed is what this process is to be, not interrupted
            }
        }
    }

    static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
