package dev.turnbuckle.bench;

import dev.turnbuckle.bench.Figure.Bar;
import dev.turnbuckle.env.Environment;
import dev.turnbuckle.jdbc.PostgresStorage;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.Turns;
import java.util.List;
import java.util.function.Consumer;

/** What it costs to find a session that is due and to start its turn, beside 100,000 others that are due; and alone. */
final class ClaimBench {
    private static final int BACKLOG = 100_000;
    private static final int CLAIMS = 100;
    private static final int WARM_UP_ROUNDS = 5;

    /** As a worker does. */
    private static final int LOOKED_AT = 128;

    private final Options options;
    private final Progress progress;
    private final PostgresServer server;
    private final Specimen specimen;

    ClaimBench(Options options, Progress progress, PostgresServer server, Specimen specimen) {
        this.options = options;
        this.progress = progress;
        this.server = server;
        this.specimen = specimen;
    }

    void run(Consumer<Figure> figures) {
        String crowded = server.schema("crowded");
        try (var full = PostgresStorage.at(server.url(crowded));
                var empty = PostgresStorage.at(server.url(server.schema("alone")))) {
            full.open(Environment.system());
            empty.open(Environment.system());
            var waiting = new StorageTurns(full, specimen);
            var alone = new StorageTurns(empty, specimen);
            waiting.accept("template");
            progress.say("claims: making " + BACKLOG + " sessions that are due");
            Backlog.make(server, crowded, "template", BACKLOG);
            measure(full, waiting, empty, alone, figures);
        }
    }

    private void measure(
            PostgresStorage full,
            StorageTurns waiting,
            PostgresStorage empty,
            StorageTurns alone,
            Consumer<Figure> figures) {
        var many = new Samples();
        var one = new Samples();
        for (int round = -WARM_UP_ROUNDS; round < options.rounds(); round++) {
            var ofMany = new Samples();
            var ofOne = new Samples();
            for (int i = 0; i < CLAIMS; i++) {
                alone.accept("alone-" + round + "-" + i);
                ofOne.add(claim(empty, alone));
                ofMany.add(claim(full, waiting));
            }
            progress.say("claims: " + Figure.plain(ofMany.at(0.5) / 1e3) + " us beside many, "
                    + Figure.plain(ofOne.at(0.5) / 1e3) + " us alone");
            if (round >= 0) {
                many.addAll(ofMany);
                one.addAll(ofOne);
            }
        }
        figures.accept(new Figure("pg-claim-backlog", many.at(0.5) / 1e6, "ms", one.at(0.5) / 1e6, Bar.atMost(1.5)));
    }

    /** @return nanoseconds until the turn was started; it is then ended */
    private static long claim(PostgresStorage storage, StorageTurns turns) {
        long before = System.nanoTime();
        String first = storage.inbox().due(StorageTurns.AGENTS, LOOKED_AT).getFirst();
        Turns.Started started = turns.start(first);
        long nanos = System.nanoTime() - before;
        turns.commit(started, Commit.History.append(List.of(Message.user("Done."))), new byte[0]);
        return nanos;
    }
}
