package dev.turnbuckle.checks.crash;

import dev.turnbuckle.Session;
import dev.turnbuckle.Turn;
import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.env.Environment;
import dev.turnbuckle.jdbc.PostgresStorage;
import dev.turnbuckle.jdbc.SqliteStorage;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.tool.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/**
 * Runs the reference turn of the crash matrix in a process of its own: one input, one steer, two tools at the same time
 * of which one is {@code ONCE}, an answer; and one queued wake, which is the next turn. Told a seam, it says when it gets
 * there and stands still, so that its parent can kill it. Started again on the same database, it sends the same inputs
 * under the same keys and finishes.
 *
 * <p>Arguments: database (a file, or the address of a PostgreSQL schema), ledger, and the seam to stop at
 * ({@code name#occurrence}) or {@code -}.
 */
public final class CrashChild {
    static final String FINISHED = "FINISHED";

    /** Where nothing but time shows that a process is dead: short enough to wait for, too long for a pause of a machine. */
    private static final Duration LEASE = Duration.ofSeconds(10);

    record Query(String text) {}

    private final String database;
    private final Path ledger;
    private final Seam seam;
    private final CompletableFuture<Turn> turn = new CompletableFuture<>();
    private final CountDownLatch looked = new CountDownLatch(1);

    private CrashChild(String database, Path ledger, String stopAt) {
        this.database = database;
        this.ledger = ledger;
        this.seam = new Seam(stopAt, passed -> {
            if (passed.equals("after model/1/tool/0#1")) {
                looked.countDown();
            }
        });
    }

    public static void main(String[] args) throws Exception {
        new CrashChild(args[0], Path.of(args[1]), args[2]).run();
    }

    private void run() throws Exception {
        try (var turnbuckle = Turnbuckle.builder()
                .storage(storage())
                .agent(agent())
                .probe(seam)
                .leaseTtl(LEASE)
                .build()) {
            Session session = turnbuckle.session("reference");
            Turn sent = session.send(Input.text("Charge order A-17.").key("input"));
            queueWake();
            turn.complete(sent);
            sent.await();
            session.turn(new TurnId("wake")).await();
        }
        Seam.say(FINISHED);
    }

    private Storage storage() {
        return database.startsWith("postgres://") ? PostgresStorage.at(database) : SqliteStorage.at(Path.of(database));
    }

    /** Accepted behind the input, so it is the second turn. */
    private void queueWake() {
        try (Storage storage = storage()) {
            storage.open(Environment.system());
            storage.inbox()
                    .accept(new Inbox.NewInput(
                            "reference",
                            "reference",
                            new TurnId("wake"),
                            InboxItem.Kind.WORK,
                            InboxItem.Delivery.NEXT_TURN,
                            "{\"message\":{\"role\":\"RUNTIME\",\"parts\":[{\"type\":\"text\",\"text\":\"wake up\"}],"
                                    + "\"interrupted\":false}}",
                            "wake",
                            Map.of(),
                            null,
                            Duration.ZERO));
        }
    }

    private Agent agent() {
        return Agent.named("reference")
                .model(new ReferenceModel())
                .tool(Tool.read("look", "Looks around", Query.class, q -> {
                    turn.join().steer(Input.text("Only once.").key("steer"));
                    return "seen " + q.text();
                }))
                .tool(Tool.once("charge", "Charges the card", Query.class, q -> {
                    Files.writeString(
                            ledger,
                            "charged " + q.text() + "\n",
                            StandardOpenOption.CREATE,
                            StandardOpenOption.APPEND,
                            StandardOpenOption.SYNC);
                    looked.await(); // so that the order of the seams is the same in every run
                    return "charged";
                }))
                .build();
    }
}
