package dev.turnbuckle.testkit.tck;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Maintenance;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.plan.Transactions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps what a work did before it threw. */
record NotAtomic(Transactions transactions) implements Transactions {
    private record Outcome<T extends @Nullable Object>(
            T result, @Nullable RuntimeException thrown) {}

    @Override
    public <T extends @Nullable Object> T write(Work<T> work) {
        Outcome<T> outcome = transactions.write(rows -> {
            try {
                return new Outcome<>(work.run(rows), null);
            } catch (RuntimeException e) {
                return new Outcome<>(null, e);
            }
        });
        if (outcome.thrown() != null) {
            throw outcome.thrown();
        }
        return outcome.result();
    }

    @Override
    public <T extends @Nullable Object> T read(Work<T> work) {
        return transactions.read(work);
    }

    @Override
    public void open(Environment environment) {
        transactions.open(environment);
    }

    @Override
    public Storage.Traits traits() {
        return transactions.traits();
    }

    @Override
    public boolean dead(Claimant holder) {
        return transactions.dead(holder);
    }

    @Override
    public List<Maintenance.Finding> examine() {
        return transactions.examine();
    }

    @Override
    public void close() {
        transactions.close();
    }
}
