package dev.turnbuckle.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/** Keeps a storage's writer busy while a test queues what it is to do together. */
final class HeldWriter implements AutoCloseable {
    private final SqliteStorage storage;
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    HeldWriter(SqliteStorage storage) throws InterruptedException {
        this.storage = storage;
        threads.add(Thread.ofVirtual()
                .start(() -> storage.transactions().write(rows -> {
                    held.countDown();
                    return waited();
                })));
        held.await();
    }

    private boolean waited() {
        try {
            release.await();
            return true;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts a thread that makes one write, and returns when the write is queued. */
    <T> CompletableFuture<T> queue(Supplier<T> write) {
        int before = Stores.writer(storage).queued();
        var result = new CompletableFuture<T>();
        threads.add(Thread.ofVirtual().start(() -> {
            try {
                result.complete(write.get());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        }));
        while (Stores.writer(storage).queued() == before) {
            Thread.onSpinWait();
        }
        return result;
    }

    Thread newest() {
        return threads.getLast();
    }

    @Override
    public void close() throws InterruptedException {
        release.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
