package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.error.TurnbuckleException.Remedy;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.plan.RowGroups;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriterTest {
    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("agents.db");
    }

    private static boolean put(SqliteStorage storage, Blob blob) {
        storage.blobs().put(blob);
        return true;
    }

    @Test
    void s33_concurrent_writes_share_one_commit() throws InterruptedException {
        try (var storage = Stores.open(file())) {
            var blobs =
                    IntStream.range(0, 50).mapToObj(i -> Stores.blob(i, 100)).toList();
            long before = Stores.writer(storage).commits();
            try (var writer = new HeldWriter(storage)) {
                blobs.forEach(blob -> writer.queue(() -> put(storage, blob)));
            }
            assertThat(Stores.writer(storage).commits() - before).isEqualTo(2);
            assertThat(blobs).allMatch(blob -> storage.blobs().get(blob.hash()).isPresent());
        }
    }

    @Test
    void s33_a_failing_member_leaves_the_others_and_nothing_of_itself() throws InterruptedException {
        try (var storage = Stores.open(file())) {
            var good = new ArrayList<CompletableFuture<Boolean>>();
            CompletableFuture<Boolean> bad;
            try (var writer = new HeldWriter(storage)) {
                good.add(writer.queue(() -> put(storage, Stores.blob(1, 100))));
                bad = writer.queue(() -> storage.transactions().write(rows -> {
                    rows.insertBranch("half", 0, 0, 1);
                    throw new IllegalArgumentException("the caller's own");
                }));
                good.add(writer.queue(() -> put(storage, Stores.blob(2, 100))));
            }
            assertThat(good).allMatch(CompletableFuture::join);
            assertThatThrownBy(bad::join).cause().hasMessage("the caller's own");
            assertThat(storage.blobs().get(Stores.blob(1, 100).hash())).isPresent();
            assertThat(storage.blobs().get(Stores.blob(2, 100).hash())).isPresent();
            RowGroups.OfHistory.Branch half = storage.transactions().read(rows -> rows.branch(1));
            assertThat(half).isNull();
        }
    }

    @Test
    void s33_when_the_disk_is_full_only_what_does_not_fit_fails() throws InterruptedException {
        var faults = new Faults().pragma("PRAGMA max_page_count = 100");
        try (var storage = Stores.open(file(), faults)) {
            CompletableFuture<Boolean> large;
            var small = new ArrayList<CompletableFuture<Boolean>>();
            try (var writer = new HeldWriter(storage)) {
                small.add(writer.queue(() -> put(storage, Stores.blob(1, 100))));
                large = writer.queue(() -> put(storage, Stores.blob(2, 1 << 20)));
                small.add(writer.queue(() -> put(storage, Stores.blob(3, 100))));
            }
            assertThat(small).allMatch(CompletableFuture::join);
            assertThatThrownBy(large::join).cause().satisfies(WriterTest::isDiskFull);
            assertThat(storage.blobs().get(Stores.blob(2, 1 << 20).hash())).isEmpty();
            assertThat(storage.blobs().get(Stores.blob(3, 100).hash())).isPresent();
        }
    }

    @Test
    void s33_whichever_write_finds_the_disk_full_says_so_and_the_store_goes_on() {
        for (int pages = 60; pages < 90; pages++) {
            var faults = new Faults().pragma("PRAGMA max_page_count = " + pages);
            var written = new ArrayList<Integer>();
            Path at = folder.resolve("full" + pages + ".db");
            try (var storage = Stores.open(at, faults)) {
                for (int i = 0; i < 60; i++) {
                    try {
                        put(storage, Stores.blob(i, 4_000));
                        written.add(i);
                    } catch (StorageException e) {
                        isDiskFull(e);
                    }
                }
                assertThat(written).isNotEmpty().hasSizeLessThan(60);
            }
            try (var again = Stores.open(at)) {
                for (int i = 0; i < 60; i++) {
                    assertThat(again.blobs().get(Stores.blob(i, 4_000).hash()).isPresent())
                            .as("blob %s with %s pages", i, pages)
                            .isEqualTo(written.contains(i));
                }
            }
        }
    }

    private static void isDiskFull(Throwable e) {
        assertThat(e).isInstanceOfSatisfying(StorageException.class, full -> {
            assertThat(full.code()).isEqualTo("disk_full");
            assertThat(full.remedy()).isEqualTo(Remedy.RETRY);
            assertThat(full).hasMessageContaining(".db").hasMessageContaining("free space");
        });
    }

    @Test
    void s33_a_commit_without_room_is_made_again_one_by_one() throws InterruptedException {
        var faults = new Faults();
        try (var storage = Stores.open(file(), faults)) {
            var results = new ArrayList<CompletableFuture<Boolean>>();
            try (var writer = new HeldWriter(storage)) {
                for (int i = 0; i < 3; i++) {
                    Blob blob = Stores.blob(i, 100);
                    results.add(writer.queue(() -> put(storage, blob)));
                }
                // the held write passes; the group fails without savepoints and with them, then its first member alone
                faults.failCommits(1, 3, Faults.FULL);
            }
            assertThatThrownBy(results.removeFirst()::join).cause().satisfies(WriterTest::isDiskFull);
            assertThat(results).allMatch(CompletableFuture::join);
            assertThat(storage.blobs().get(Stores.blob(0, 100).hash())).isEmpty();
            assertThat(storage.blobs().get(Stores.blob(1, 100).hash())).isPresent();
        }
    }

    @Test
    void s33_a_commit_that_may_not_have_reached_the_disk_closes_the_store() throws InterruptedException {
        var faults = new Faults();
        Blob earlier = Stores.blob(1, 100);
        try (var storage = Stores.open(file(), faults)) {
            put(storage, earlier);
            var results = new ArrayList<CompletableFuture<Boolean>>();
            try (var writer = new HeldWriter(storage)) {
                for (int i = 2; i < 5; i++) {
                    Blob blob = Stores.blob(i, 100);
                    results.add(writer.queue(() -> put(storage, blob)));
                }
                faults.failCommits(1, 1, Faults.IO_ERROR_AT_FSYNC);
            }
            for (var result : results) {
                assertThatThrownBy(result::join).cause().satisfies(WriterTest::isClosed);
            }
            assertThatThrownBy(() -> put(storage, Stores.blob(5, 100))).satisfies(WriterTest::isClosed);
            assertThatThrownBy(() -> storage.blobs().get(earlier.hash())).satisfies(WriterTest::isClosed);
        }
        try (var again = Stores.open(file())) {
            assertThat(again.blobs().get(earlier.hash())).isPresent();
        }
    }

    private static void isClosed(Throwable e) {
        assertThat(e).isInstanceOfSatisfying(StorageException.class, closed -> {
            assertThat(closed.code()).isEqualTo("store_closed");
            assertThat(closed.remedy()).isEqualTo(Remedy.REWIRE);
            assertThat(closed).hasMessageContaining("is not known").hasMessageContaining("open a new one");
        });
    }

    @Test
    void s33_an_interrupted_caller_gets_its_result_and_keeps_its_flag() throws InterruptedException {
        try (var storage = Stores.open(file())) {
            Blob blob = Stores.blob(1, 100);
            CompletableFuture<Boolean> flag;
            try (var writer = new HeldWriter(storage)) {
                flag = writer.queue(() -> {
                    put(storage, blob);
                    return Thread.currentThread().isInterrupted();
                });
                writer.newest().interrupt();
            }
            assertThat(flag.join()).isTrue();
            assertThat(storage.blobs().get(blob.hash())).isPresent();
        }
    }

    @Test
    void s34_what_is_urgent_goes_before_what_waits() throws InterruptedException {
        try (var storage = Stores.open(file())) {
            var order = new ArrayList<String>();
            try (var writer = new HeldWriter(storage)) {
                writer.queue(() -> storage.transactions().write(rows -> order.add("first")));
                writer.queue(() -> storage.transactions().write(rows -> order.add("second")));
                writer.queue(() -> storage.transactions().writeFirst(rows -> order.add("renewal")));
            }
            assertThat(order).isEqualTo(List.of("renewal", "first", "second"));
        }
    }

    @Test
    void s33_calls_in_flight_end_before_the_store_is_closed() throws InterruptedException {
        var storage = Stores.open(file());
        var results = new ArrayList<CompletableFuture<Boolean>>();
        Thread closing;
        try (var writer = new HeldWriter(storage)) {
            for (int i = 0; i < 5; i++) {
                Blob blob = Stores.blob(i, 100);
                results.add(writer.queue(() -> put(storage, blob)));
            }
            closing = Thread.ofVirtual().start(storage::close);
        }
        closing.join();
        assertThat(results).allMatch(CompletableFuture::join);
        try (var again = Stores.open(file())) {
            assertThat(again.blobs().get(Stores.blob(4, 100).hash())).isPresent();
        }
    }
}
