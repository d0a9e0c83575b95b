package dev.turnbuckle.bench;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Component;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.store.UsageRow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Turns through the storage alone: accepted, started, and committed with whatever they are to bring. */
final class StorageTurns {
    static final Set<String> AGENTS = Set.of(Agent.DEFAULT_NAME);

    private final Storage storage;
    private final Specimen specimen;
    private int turns;

    StorageTurns(Storage storage, Specimen specimen) {
        this.storage = storage;
        this.specimen = specimen;
    }

    /** @return nanoseconds of the commit, with the hash of its state */
    long commit(String session, Commit.History history, byte[] state) {
        accept(session);
        return commit(start(session), history, state);
    }

    /** @return nanoseconds of the commit, with the hash of its state */
    long commit(Turns.Started started, Commit.History history, byte[] state) {
        TurnId id = started.turn().id();
        Blob record = Blob.of(specimen.record());
        long before = System.nanoTime();
        Map<String, Component> changed =
                state.length == 0 ? null : Map.of("state", Component.changed(1, "bench", Blob.of(state)));
        CommitResult result = storage.sessions()
                .commit(new Commit(
                        new Commit.Target(
                                started.session().id(),
                                id,
                                started.lease(),
                                started.session().head().revision(),
                                false,
                                started),
                        history,
                        new Commit.State(changed, null),
                        Commit.Settlement.applied(
                                List.of(started.inputs().getFirst().sequence()), usage(id)),
                        new Commit.Record(
                                new TurnOutcome.Answered(id, "Done.", Usage.of(340, 44)),
                                record,
                                List.of(),
                                List.of())));
        long nanos = System.nanoTime() - before;
        if (!(result instanceof CommitResult.Committed)) {
            throw new IllegalStateException("not committed: " + result);
        }
        return nanos;
    }

    /** Claims it. */
    Turns.Started start(String session) {
        var by = new Claimant("bench", storage.traits().incarnation(), "token-" + turns);
        var request = new Turns.StartRequest(session, by, Duration.ofMinutes(1), AGENTS);
        if (!(storage.turns().start(request) instanceof Turns.Start.Go(var started))) {
            throw new IllegalStateException("the turn did not start");
        }
        return started;
    }

    void accept(String session) {
        var id = new TurnId("t-" + turns++);
        storage.inbox()
                .accept(new Inbox.NewInput(
                        session,
                        Agent.DEFAULT_NAME,
                        id,
                        InboxItem.Kind.USER,
                        InboxItem.Delivery.NEXT_TURN,
                        specimen.input().content(),
                        null,
                        Map.of(),
                        null,
                        Duration.ZERO));
    }

    private static List<UsageRow> usage(TurnId id) {
        return List.of(
                new UsageRow(id, 1, "model", "instant", Usage.of(170, 22)),
                new UsageRow(id, 2, "model", "instant", Usage.of(170, 22)));
    }
}
