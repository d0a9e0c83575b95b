package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.error.SessionDeletedException;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Leases.Grant;
import dev.turnbuckle.store.Scope;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several openings of one file: in this process, and in another one that is killed. */
class ProcessesTest {
    private static final Scope SCOPE = new Scope("test", "one");
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("agents.db");
    }

    private List<String> workers() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("agents.db-workers"))) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }

    @Test
    void s34_two_openings_write_one_file_and_nothing_is_lost() throws InterruptedException {
        try (var one = Stores.open(file());
                var two = Stores.open(file())) {
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < 8; i++) {
                var storage = i % 2 == 0 ? one : two;
                threads.add(Thread.ofVirtual()
                        .start(() -> IntStream.range(0, 25).forEach(n -> Stores.accept(storage, "s"))));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            var rows = two.inbox().list("s", Set.of(InboxItem.State.PENDING));
            assertThat(rows).hasSize(200).extracting(InboxItem::sequence).doesNotHaveDuplicates();
        }
    }

    @Test
    void s34_what_one_opening_changes_the_other_decides_with() {
        try (var one = Stores.open(file());
                var two = Stores.open(file())) {
            Stores.accept(one, "s");
            Stores.accept(two, "s");
            assertThat(one.sessions().delete("s")).isTrue();
            assertThatThrownBy(() -> Stores.accept(two, "s")).isInstanceOf(SessionDeletedException.class);
            var first = (Grant.Granted) one.leases().acquire(SCOPE, Stores.claimant(one), HOUR);
            assertThat(two.leases().acquire(SCOPE, Stores.claimant(two), HOUR)).isInstanceOf(Grant.Busy.class);
            assertThat(one.leases().release(first.lease())).isTrue();
            assertThat(two.leases().acquire(SCOPE, Stores.claimant(two), HOUR)).isInstanceOf(Grant.Granted.class);
            assertThat(one.leases().release(first.lease())).isFalse();
        }
    }

    @Test
    void l7_a_live_opening_is_not_dead() {
        try (var one = Stores.open(file());
                var two = Stores.open(file())) {
            assertThat(one.transactions().dead(Stores.claimant(one))).isFalse();
            assertThat(one.transactions().dead(Stores.claimant(two))).isFalse();
            assertThat(two.transactions().dead(Stores.claimant(one))).isFalse();
            assertThat(one.transactions().dead(new Claimant("node", "../agents", "t")))
                    .isFalse();
            assertThat(one.transactions().dead(new Claimant("node", "someoneelse", "t")))
                    .isFalse();
        }
    }

    @Test
    void l7_an_opening_that_left_a_lease_is_dead_and_its_file_goes_with_the_lease() throws IOException {
        String left;
        try (var storage = Stores.open(file())) {
            left = storage.traits().incarnation();
            storage.leases().acquire(SCOPE, Stores.claimant(storage), HOUR);
        }
        assertThat(workers()).containsExactly(left);
        try (var next = Stores.open(file())) {
            var granted = (Grant.Granted) next.leases().acquire(SCOPE, Stores.claimant(next), HOUR);
            assertThat(granted.displaced().incarnation()).isEqualTo(left);
            next.leases().release(granted.lease());
        }
        Stores.open(file()).close();
        assertThat(workers()).isEmpty();
    }

    @Test
    void l7_a_killed_process_is_dead_at_once() throws Exception {
        Stores.open(file()).close();
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-Dslf4j.internal.verbosity=ERROR",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        file().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var storage = Stores.open(file());
                BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).isEqualTo("held");
            assertThat(storage.leases().acquire(SCOPE, Stores.claimant(storage), HOUR))
                    .isInstanceOf(Grant.Busy.class);
            assertThat(storage.leases().expireDead()).isZero();

            process.destroyForcibly().waitFor();

            assertThat(storage.maintenance().examine())
                    .filteredOn(f -> f.subject().equals("dead holders"))
                    .hasSize(1)
                    .noneMatch(f -> f.ok());
            var granted = (Grant.Granted) storage.leases().acquire(SCOPE, Stores.claimant(storage), HOUR);
            assertThat(granted.displaced().worker()).isEqualTo("holder");
            assertThat(granted.lease().generation()).isEqualTo(2);
        } finally {
            process.destroyForcibly();
        }
    }

    /** The process that is killed. */
    static final class Holder {
        public static void main(String[] args) throws IOException {
            var storage = Stores.open(Path.of(args[0]));
            var by = new Claimant("holder", storage.traits().incarnation(), "token");
            storage.leases().acquire(SCOPE, by, HOUR);
            System.out.println("held");
            System.in.read();
        }
    }
}
