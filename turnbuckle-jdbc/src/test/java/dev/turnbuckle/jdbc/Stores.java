package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Storage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** What the tests of this module do over and over. */
final class Stores {
    static final Environment ENVIRONMENT = Environment.system();

    private Stores() {}

    static SqliteStorage open(Path file) {
        return open(SqliteStorage.builder(file));
    }

    static SqliteStorage open(Path file, Faults faults) {
        return open(SqliteStorage.builder(file).connector(faults::connector));
    }

    static SqliteStorage open(SqliteStorage.Builder builder) {
        var storage = builder.build();
        storage.open(ENVIRONMENT);
        return storage;
    }

    static Writer writer(SqliteStorage storage) {
        return storage.transactions().database().running();
    }

    static Inbox.Accepted.Row accept(Storage storage, String session) {
        return (Inbox.Accepted.Row) storage.inbox()
                .accept(new Inbox.NewInput(
                        session,
                        "agent",
                        new TurnId(ENVIRONMENT.id()),
                        InboxItem.Kind.WORK,
                        InboxItem.Delivery.NEXT_TURN,
                        "{}",
                        null,
                        Map.of(),
                        null,
                        Duration.ZERO));
    }

    static Claimant claimant(Storage storage) {
        return new Claimant("node", storage.traits().incarnation(), ENVIRONMENT.id());
    }

    /** Bytes that do not compress. */
    static Blob blob(int seed, int size) {
        var bytes = new byte[size];
        new java.util.Random(seed).nextBytes(bytes);
        return Blob.of(bytes);
    }
}
