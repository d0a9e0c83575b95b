package dev.turnbuckle.bench;

import dev.turnbuckle.bench.Figure.Bar;
import dev.turnbuckle.env.Environment;
import dev.turnbuckle.jdbc.PostgresStorage;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.store.Commit;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** What does not depend on how fast the machine is: round trips, counted on the wire, and transactions, counted by the server. */
final class PostgresCounts {
    private static final int WARM_UP = 50;
    private static final int TURNS = 500;
    private static final int COMMITS = 20;
    private static final int MIB = 1 << 20;
    private static final int ROWS = 512;

    /** A statement of the floor's transaction, its COMMIT. */
    private static final int FLOORS_TRIPS = 2;

    private static final long SETTLING_MILLIS = 3_000;
    private static final long IDLE_SECONDS = 20;

    /** A look a second, asked and answered. */
    private static final double IDLE_FLOOR = 1;

    private final Random random = new Random(4711);
    private final PostgresServer server;
    private final Specimen specimen;
    private final Progress progress;

    PostgresCounts(PostgresServer server, Specimen specimen, Progress progress) {
        this.server = server;
        this.specimen = specimen;
        this.progress = progress;
    }

    private static String counted(String schema) {
        return schema + CountedWire.PARAMETER;
    }

    /** Round trips and transactions of a turn. */
    private record Counted(double trips, double commits) {}

    /** One turn after the other; what a node asks beside its turns, and the hints that it sends, are part of it. */
    void turns(Consumer<Figure> figures) throws IOException {
        Counted ours;
        try (var contender = new PostgresOurs(server, counted(server.schema("trips")))) {
            ours = count(contender);
        }
        Counted floor;
        String schema = PostgresFloor.create(server, "trips_floor");
        try (var contender = new PostgresFloor(server, counted(schema), specimen, 0)) {
            floor = count(contender);
        }
        figures.accept(new Figure("pg-turn-round-trips", ours.trips(), "round trips", floor.trips(), null));
        figures.accept(new Figure("pg-turn-commits", ours.commits(), "commits", floor.commits(), null));
        if (Math.abs(floor.commits() - 5) > 0.1) {
            throw new IllegalStateException("the floor made " + floor.commits() + " commits a turn");
        }
    }

    private static Counted count(Contender contender) {
        turns(contender.client("warm"), WARM_UP);
        var client = contender.client("counted");
        long trips = CountedWire.trips();
        long commits = contender.commits();
        turns(client, TURNS);
        return new Counted(
                (double) (CountedWire.trips() - trips) / TURNS, (double) (contender.commits() - commits) / TURNS);
    }

    private static void turns(Contender.Client client, int count) {
        for (int turn = 0; turn < count; turn++) {
            client.turn();
        }
    }

    /** The most that a commit of any of these sizes took. */
    void commits(Consumer<Figure> figures) {
        String schema = counted(server.schema("commit_trips"));
        try (var storage = PostgresStorage.builder(server.url(schema))
                .connections(1)
                .wakeups(false)
                .build()) {
            storage.open(Environment.system());
            var turns = new StorageTurns(storage, specimen);
            var many = IntStream.range(0, ROWS)
                    .mapToObj(i -> Message.user("Line " + i))
                    .toList();
            double most = Math.max(
                    Math.max(trips(turns, List.of(Message.user("Hello.")), 0), trips(turns, many, 0)),
                    trips(turns, many, MIB));
            figures.accept(new Figure("pg-commit-round-trips", most, "round trips", FLOORS_TRIPS, Bar.valueAtMost(5)));
        }
    }

    private long trips(StorageTurns turns, List<Message> messages, int bytes) {
        long most = 0;
        String session = messages.size() + "-" + bytes;
        for (int i = 0; i < COMMITS; i++) {
            turns.accept(session);
            var started = turns.start(session);
            var state = new byte[bytes];
            random.nextBytes(state);
            long before = CountedWire.trips();
            turns.commit(started, Commit.History.append(messages), state);
            most = Math.max(most, CountedWire.trips() - before);
        }
        progress.say("commit of " + messages.size() + " entries and " + bytes + " bytes: " + most + " round trips");
        return most;
    }

    /** A node that has had a turn and has nothing to do. */
    void idle(Consumer<Figure> figures) throws InterruptedException {
        try (var ours = new PostgresOurs(server, counted(server.schema("idle")))) {
            turns(ours.client("once"), WARM_UP);
            Thread.sleep(SETTLING_MILLIS);
            long before = CountedWire.trips();
            Thread.sleep(1_000 * IDLE_SECONDS);
            double trips = (double) (CountedWire.trips() - before) / IDLE_SECONDS;
            figures.accept(new Figure("pg-idle-queries", trips, "round trips/s", IDLE_FLOOR, Bar.valueAtMost(10)));
        }
    }
}
