package dev.turnbuckle.testkit.tck;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.plan.RowStorage.Limits;
import dev.turnbuckle.store.plan.Transactions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** What a backend's author gives to the contract suites: one empty store for each test, and a look inside. */
public interface StorageFixture extends AutoCloseable {
    /** A storage over the fixture's data, not opened yet. Every call is over the same data. */
    Storage storage(Limits limits);

    /** Every row as text, by a name: two dumps are equal exactly if nothing changed. */
    Map<String, String> dump();

    /**
     * The transactions over the fixture's data, not opened yet, for faults between single statements; empty for a
     * backend that is not made of {@link dev.turnbuckle.store.plan.Rows}.
     */
    default Optional<Transactions> transactions() {
        return Optional.empty();
    }

    /**
     * Makes lease holders count as dead before their lease expires (L7).
     *
     * @return false when this backend knows nothing but expiry
     */
    default boolean presumeDead(Predicate<Claimant> dead) {
        return false;
    }

    /**
     * Makes the data look as if a newer program had migrated it (S24).
     *
     * @return false when this backend has no schema
     */
    default boolean pretendNewerSchema() {
        return false;
    }

    /** Lets the clock that leases expire by move on; a backend with a clock of its own overrides it. */
    default void tick(Environment environment, Duration duration) {
        ((ManualClock) environment).tick(duration);
    }

    @Override
    void close();
}
