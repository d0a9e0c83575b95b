package dev.turnbuckle.testkit.tck;

import dev.turnbuckle.memory.MemoryStorage;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.plan.RowStorage.Limits;
import dev.turnbuckle.store.plan.Transactions;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Memory survives as long as the instance: every "reopening" is another opening of it. */
final class MemoryFixture implements StorageFixture {
    private MemoryStorage storage = new MemoryStorage();

    @Override
    public Storage storage(Limits limits) {
        if (limits != Limits.DEFAULT) {
            storage = new MemoryStorage(limits); // asked for before anything is stored
        }
        return storage;
    }

    @Override
    public Map<String, String> dump() {
        return storage.dump();
    }

    @Override
    public Optional<Transactions> transactions() {
        return Optional.of(storage.transactions());
    }

    @Override
    public boolean presumeDead(Predicate<Claimant> dead) {
        storage.presumeDead(dead);
        return true;
    }

    @Override
    public void close() {}
}
