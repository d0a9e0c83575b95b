package dev.turnbuckle.bench;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.env.Environment;
import dev.turnbuckle.jdbc.PostgresStorage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Four nodes that find the same backlog at the same moment, beside one that has it for itself. */
final class ContentionBench {
    private static final int BACKLOG = 10_000;
    private static final int WARM_UP = 1_000;
    private static final int NODES = 4;
    private static final long LOOK_MILLIS = 50;
    private static final long PATIENCE_NANOS = 300_000_000_000L;

    private final Progress progress;
    private final PostgresServer server;
    private final Specimen specimen;

    ContentionBench(Progress progress, PostgresServer server, Specimen specimen) {
        this.progress = progress;
        this.server = server;
        this.specimen = specimen;
    }

    /** @param starts attempts to start a turn, for each turn that was started: what is above one was for nothing */
    private record Drained(double starts, double turnsPerSecond) {}

    void run(Consumer<Figure> figures) throws InterruptedException {
        drain("contention_warm", NODES, WARM_UP);
        Drained one = drain("contention_one", 1, BACKLOG);
        Drained four = drain("contention_four", NODES, BACKLOG);
        figures.accept(new Figure("pg-claim-contention", four.starts(), "starts/turn", one.starts(), null));
        figures.accept(new Figure("pg-drain", four.turnsPerSecond(), "turns/s", one.turnsPerSecond(), null));
    }

    private Drained drain(String name, int nodes, int sessions) throws InterruptedException {
        String schema = server.schema(name);
        try (var storage = PostgresStorage.at(server.url(schema))) {
            storage.open(Environment.system());
            new StorageTurns(storage, specimen).accept("template");
        }
        Backlog.make(server, schema, "template", sessions);
        var starts = new CountedStarts();
        List<Turnbuckle> open = new ArrayList<>();
        long begun = System.nanoTime();
        try {
            for (int i = 0; i < nodes; i++) {
                open.add(node(schema, starts));
            }
            awaitEmpty(schema, begun + PATIENCE_NANOS);
        } finally {
            open.forEach(Turnbuckle::close);
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        progress.say(name + ": " + starts + ", " + Figure.plain(sessions / seconds) + " turns/s");
        return new Drained((double) starts.all() / starts.turns(), sessions / seconds);
    }

    private Turnbuckle node(String schema, CountedStarts starts) {
        return Turnbuckle.builder()
                .storage(starts.around(PostgresStorage.at(server.url(schema))))
                .agent(Ours.agent(Agent.DEFAULT_HISTORY_ENTRIES, () -> {}))
                .build();
    }

    private void awaitEmpty(String schema, long end) throws InterruptedException {
        while (Backlog.left(server, schema) > 0) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the backlog does not end");
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }
}
