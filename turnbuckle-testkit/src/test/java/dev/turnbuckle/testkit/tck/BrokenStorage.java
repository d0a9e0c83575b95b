package dev.turnbuckle.testkit.tck;

import dev.turnbuckle.memory.MemoryStorage;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.plan.RowStorage;
import dev.turnbuckle.store.plan.RowStorage.Limits;
import dev.turnbuckle.store.plan.Transactions;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Memory, broken in one way: in what its operations do, or in what their rows do. */
final class BrokenStorage implements StorageFixture {
    private final Breakage breakage;
    private final MemoryStorage memory = new MemoryStorage();

    BrokenStorage(Breakage breakage) {
        this.breakage = breakage;
    }

    @Override
    public Storage storage(Limits limits) {
        var whole = new RowStorage(brokenRows(), limits);
        return Call.through(call -> part(call, whole), Storage.class, whole);
    }

    private Object part(Call call, Storage whole) throws Throwable {
        Object part = call.proceed();
        return part == null || !call.method().getReturnType().isInterface()
                ? part
                : broken(call.method().getReturnType(), part, whole);
    }

    private <T> T broken(Class<T> type, Object part, Storage whole) {
        return Call.through(call -> breakage.operation().around(call, whole), type, type.cast(part));
    }

    private Transactions brokenRows() {
        var rows = new FaultyRows(breakage.atomic() ? memory.transactions() : new NotAtomic(memory.transactions()));
        rows.intercept(breakage.row());
        return rows;
    }

    @Override
    public Optional<Transactions> transactions() {
        return Optional.of(brokenRows());
    }

    @Override
    public Map<String, String> dump() {
        return memory.dump();
    }

    @Override
    public boolean presumeDead(Predicate<Claimant> dead) {
        memory.presumeDead(dead);
        return true;
    }

    @Override
    public void close() {}
}
