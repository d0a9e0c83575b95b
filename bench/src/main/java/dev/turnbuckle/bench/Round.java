package dev.turnbuckle.bench;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What one contender did in one round.
 *
 * @param cpu what it cost: on a machine that others use too it varies less than time
 */
record Round(Samples nanos, double seconds, long commits, Cost cpu) {
    /**
     * @param nanos processor time of the whole process
     * @param serverNanos of a server that worked for it
     * @param compilingMillis of the just-in-time compilers
     */
    record Cost(long nanos, long serverNanos, long compilingMillis) {
        static Cost until(Contender contender) {
            return new Cost(
                    Cpu.ofThisProcess(),
                    contender.serverNanos(),
                    ManagementFactory.getCompilationMXBean().getTotalCompilationTime());
        }

        Cost since(Cost before) {
            return new Cost(
                    nanos - before.nanos, serverNanos - before.serverNanos, compilingMillis - before.compilingMillis);
        }

        Cost and(Cost other) {
            return new Cost(
                    nanos + other.nanos, serverNanos + other.serverNanos, compilingMillis + other.compilingMillis);
        }
    }

    /** A chat rarely has more turns; then the client goes on in a new session. */
    private static final int TURNS_OF_A_SESSION = 100;

    double turnsPerSecond() {
        return nanos.count() / seconds;
    }

    double cpuMicrosOfATurn() {
        return cpu.nanos() / 1e3 / nanos.count();
    }

    double serverMicrosOfATurn() {
        return cpu.serverNanos() / 1e3 / nanos.count();
    }

    /**
     * Clients on virtual threads, one for each session, each sending its next input when its turn has ended.
     *
     * @param name begins the names of this round's sessions; never used twice on one database
     */
    static Round of(Contender contender, String name, int sessions, Duration length) throws InterruptedException {
        var samples = new ArrayList<Samples>();
        var failure = new AtomicReference<@Nullable Throwable>();
        var start = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < sessions; i++) {
            var own = new Samples();
            samples.add(own);
            String session = name + "-" + (1_000 + i);
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    start.await();
                    run(contender, session, own, System.nanoTime() + length.toNanos());
                } catch (InterruptedException | RuntimeException e) { // told to the thread that joins
                    failure.set(e);
                }
            }));
        }
        long commits = contender.commits();
        Cost cost = Cost.until(contender);
        long begun = System.nanoTime();
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        if (failure.get() != null) {
            throw new IllegalStateException("a turn failed", failure.get());
        }
        var all = new Samples();
        samples.forEach(all::addAll);
        return new Round(
                all,
                seconds,
                contender.commits() - commits,
                Cost.until(contender).since(cost));
    }

    private static void run(Contender contender, String session, Samples samples, long end) {
        for (int i = 0; ; i++) {
            Contender.Client client = contender.client(session + "-" + (1_000 + i));
            for (int turn = 0; turn < TURNS_OF_A_SESSION; turn++) {
                long before = System.nanoTime();
                if (before >= end) {
                    return;
                }
                client.turn();
                samples.add(System.nanoTime() - before);
            }
        }
    }
}
