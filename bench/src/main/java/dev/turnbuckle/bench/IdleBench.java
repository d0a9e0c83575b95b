package dev.turnbuckle.bench;

import dev.turnbuckle.Events;
import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.bench.Figure.Bar;
import dev.turnbuckle.jdbc.SqliteStorage;
import dev.turnbuckle.jdbc.SqliteStorage.Synchronous;
import dev.turnbuckle.memory.MemoryLiveReplay;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** What sessions hold of the heap that nobody uses: those that were used once, and those that somebody watches in silence. */
final class IdleBench {
    private static final int WARM_UP = 5_000;
    private static final int USED = 100_000;
    private static final int OBSERVED = 10_000;
    private static final int AT_ONCE = 64;

    /** Zero, measured: 10.5 are the slots of a hash table that was once full, and that Java keeps; the rest is noise. */
    private static final double NOISE_BYTES = 16;

    private static final double OBSERVED_BYTES = 4_096;

    /** Past everything that is kept for a while. */
    private static final Duration LATER = Duration.ofMinutes(30);

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration LOOK = Duration.ofSeconds(5);

    private final Path folder;
    private final Progress progress;
    private final AheadEnvironment environment = new AheadEnvironment();
    private final MemoryLiveReplay live = new MemoryLiveReplay();

    IdleBench(Path folder, Progress progress) {
        this.folder = folder;
        this.progress = progress;
    }

    void run(Consumer<Figure> figures) throws IOException, InterruptedException {
        try (var turnbuckle = Turnbuckle.builder()
                .environment(environment)
                .liveReplay(live)
                .storage(SqliteStorage.builder(folder.resolve("idle.db"))
                        .synchronous(Synchronous.NORMAL)
                        .build())
                .agent(Ours.agent(Agent.DEFAULT_HISTORY_ENTRIES, () -> {}))
                .build()) {
            use(turnbuckle, "warm-", WARM_UP);
            forget();
            figures.accept(used(turnbuckle));
            figures.accept(observed(turnbuckle));
        }
    }

    // ---- used once

    private Figure used(Turnbuckle turnbuckle) throws InterruptedException {
        long before = Heap.bytes();
        use(turnbuckle, "s-", USED);
        long at = Heap.bytes();
        forget();
        long after = Heap.bytes();
        progress.say("idle: " + mib(before) + " before, " + mib(at) + " just used, " + mib(after) + " later");
        return new Figure(
                "idle-bytes", (double) (after - before) / USED, "bytes", names(), Bar.valueAtMost(NOISE_BYTES));
    }

    private static String mib(long bytes) {
        return Figure.plain(bytes / 1_048_576.0) + " MiB";
    }

    private void use(Turnbuckle turnbuckle, String prefix, int sessions) throws InterruptedException {
        var next = new AtomicInteger();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < AT_ONCE; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                for (int n = next.getAndIncrement(); n < sessions; n = next.getAndIncrement()) {
                    turnbuckle.session(prefix + n).ask(Ours.QUESTION);
                    if (n % 10_000 == 0) {
                        progress.say("idle: " + n + " of " + sessions + " sessions used");
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (next.get() < sessions) {
            throw new IllegalStateException("a turn failed");
        }
    }

    /** Half an hour later, and the runtime has looked around. */
    private void forget() throws InterruptedException {
        environment.putForward(LATER);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (live.holdsAny()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("live replay still holds sessions that nobody uses");
            }
            Thread.sleep(100);
        }
        Thread.sleep(500); // the same look drops what else was kept
    }

    /** What a runtime would keep that remembers no more than the names of its sessions. */
    private static double names() throws InterruptedException {
        return bytes(USED, i -> "s-" + i);
    }

    private static double bytes(int count, IntFunction<Object> made) throws InterruptedException {
        long before = Heap.bytes();
        var kept = new HashMap<Integer, Object>();
        try {
            for (int i = 0; i < count; i++) {
                kept.put(i, made.apply(i));
            }
            return (double) (Heap.bytes() - before) / count;
        } finally {
            Reference.reachabilityFence(kept);
        }
    }

    // ---- observed

    private Figure observed(Turnbuckle turnbuckle) throws InterruptedException {
        long before = Heap.bytes();
        List<Events> readings = new ArrayList<>();
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < OBSERVED; i++) {
            Events events = turnbuckle.session("s-" + i).events();
            readings.add(events);
            readers.add(Thread.ofVirtual().start(() -> events.next(Duration.ofDays(1))));
        }
        for (Thread reader : readers) {
            asleep(reader);
        }
        environment.putForward(LATER);
        Thread.sleep(1_000);
        long after = Heap.bytes();
        progress.say("idle: " + mib(before) + " before, " + mib(after) + " with " + OBSERVED + " observers");
        sayWhatWatchingCosts();
        readings.forEach(Events::close);
        for (Thread reader : readers) {
            reader.join();
        }
        double floor = bytes(OBSERVED, i -> Thread.ofVirtual().start(LockSupport::park));
        return new Figure(
                "observed-idle-bytes",
                (double) (after - before) / OBSERVED,
                "bytes",
                floor,
                Bar.valueAtMost(OBSERVED_BYTES));
    }

    private static void asleep(Thread reader) throws InterruptedException {
        while (reader.getState() != Thread.State.WAITING && reader.getState() != Thread.State.TIMED_WAITING) {
            Thread.sleep(1);
        }
    }

    private void sayWhatWatchingCosts() throws InterruptedException {
        long before = Cpu.ofThisProcess();
        Thread.sleep(LOOK);
        double share = 100.0 * (Cpu.ofThisProcess() - before) / LOOK.toNanos();
        progress.say("idle: with " + OBSERVED + " observed sessions the process uses " + Figure.plain(share)
                + " % of a processor");
    }
}
