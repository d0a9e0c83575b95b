package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.testkit.TestEnvironment;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Law 9: the storage starts, parks and times nothing by itself, so it runs one task at a time under a seed. */
class VirtualTimeTest {
    @TempDir
    private Path folder;

    private List<String> run(long seed, Path file) throws InterruptedException {
        try (var environment = TestEnvironment.seeded(seed)) {
            try (var storage = SqliteStorage.at(file)) {
                storage.open(environment);
                var tasks = IntStream.range(0, 8)
                        .mapToObj(i -> environment.start("sender " + i, () -> Stores.accept(storage, "s" + i % 3)))
                        .toList();
                for (var task : tasks) {
                    task.join();
                }
                assertThat(storage.inbox().list("s0", Set.of(InboxItem.State.PENDING)))
                        .hasSize(3);
                assertThat(storage.inbox().list("s2", Set.of(InboxItem.State.PENDING)))
                        .hasSize(2)
                        .allMatch(i -> i.acceptedAt().equals(TestEnvironment.BEGINNING));
            }
            assertThat(environment.failures()).isEmpty();
            return environment.trace();
        }
    }

    @Test
    void the_storage_runs_on_virtual_time_and_the_same_seed_gives_the_same_run() throws InterruptedException {
        var first = run(7, folder.resolve("first.db"));
        var second = run(7, folder.resolve("second.db"));
        assertThat(second).isEqualTo(first);
        assertThat(run(8, folder.resolve("third.db"))).isNotEqualTo(first);
    }
}
