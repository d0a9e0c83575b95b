package dev.turnbuckle.checks.cluster;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.jdbc.PostgresLiveReplay;
import dev.turnbuckle.jdbc.PostgresStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A worker process, as anybody would write it. Arguments: address, ledger, name. It ends when its parent does. */
public final class ClusterWorker {
    static final String READY = "READY";

    /** Short, so that a test has time for many takeovers. */
    static final Duration LEASE = Duration.ofSeconds(3);

    private ClusterWorker() {}

    public static void main(String[] arguments) throws IOException {
        PostgresStorage storage =
                PostgresStorage.builder(arguments[0]).connections(8).build();
        try (var turnbuckle = Turnbuckle.builder()
                .storage(storage)
                .liveReplay(PostgresLiveReplay.beside(storage))
                .agent(new Orders(Path.of(arguments[1])).agent())
                .name(arguments[2])
                .leaseTtl(LEASE)
                .concurrentTurns(32)
                .attempts(10_000) // none of the failures is a turn's fault
                .build()) {
            System.out.println(READY);
            while (System.in.read() >= 0) {
                // until the parent closes it
            }
        }
    }
}
