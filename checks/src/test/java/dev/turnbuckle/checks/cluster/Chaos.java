package dev.turnbuckle.checks.cluster;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What happens to the cluster: under a seed, each kind in turn, so that each is there however short the run is. */
final class Chaos {
    enum Kind {
        /** SIGKILL of a worker; another one is started. */
        KILL,
        /** SIGSTOP for longer than its leases last, then SIGCONT: a zombie. */
        STOP,
        /** Some of the server's processes are terminated, and with them connections of any node. */
        TERMINATE,
        /** The server is stopped in order and started. */
        RESTART,
        /** The server crashes and is started. */
        CRASH
    }

    private static final Duration BETWEEN = Duration.ofSeconds(3);
    private static final Duration PAST_THE_LEASE = ClusterWorker.LEASE.plusSeconds(3);
    private static final List<Kind> ROUND = List.of(
            Kind.KILL, Kind.STOP, Kind.TERMINATE, Kind.KILL, Kind.RESTART, Kind.STOP, Kind.TERMINATE, Kind.CRASH);

    private final Server server;
    private final Workers workers;
    private final Random random;
    private final Map<Kind, Integer> done = new EnumMap<>(Kind.class);
    private int terminated;
    private int heldByStopped;

    Chaos(Server server, Workers workers, long seed) {
        this.server = server;
        this.workers = workers;
        this.random = new Random(seed);
    }

    /** Until the time is over, and at least one round. */
    void rage(Duration time) throws IOException, InterruptedException, SQLException {
        long end = System.nanoTime() + time.toNanos();
        do {
            var round = new ArrayList<>(ROUND);
            Collections.shuffle(round, random);
            for (Kind kind : round) {
                Thread.sleep(BETWEEN);
                happen(kind);
                done.merge(kind, 1, Integer::sum);
            }
        } while (System.nanoTime() < end);
    }

    private void happen(Kind kind) throws IOException, InterruptedException, SQLException {
        int worker = random.nextInt(Workers.COUNT);
        switch (kind) {
            case KILL -> {
                workers.kill(worker);
                workers.start(worker);
            }
            case STOP -> {
                workers.stop(worker);
                heldByStopped += (int) server.number(
                        "SELECT COUNT(*) FROM lease WHERE expires > 0 AND worker = '" + workers.name(worker) + "'");
                Thread.sleep(PAST_THE_LEASE);
                workers.goOn(worker);
            }
            case TERMINATE ->
                terminated += (int) server.number("SELECT COUNT(*) FROM (SELECT pg_terminate_backend(pid) FROM "
                        + "pg_stat_activity WHERE application_name = 'turnbuckle' AND random() < 0.5) AS gone");
            case RESTART -> server.restart("fast");
            case CRASH -> server.restart("immediate");
        }
    }

    int count(Kind kind) {
        return done.getOrDefault(kind, 0);
    }

    int terminated() {
        return terminated;
    }

    int heldWhenStopped() {
        return heldByStopped;
    }
}
