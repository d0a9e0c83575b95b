package dev.turnbuckle.store.plan;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.env.HostTransaction;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Maintenance;
import dev.turnbuckle.store.SharedTransaction;
import dev.turnbuckle.store.Storage;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a backend brings: transactions over {@link Rows}. Thread-safe. */
public interface Transactions extends AutoCloseable {
    void open(Environment environment);

    Storage.Traits traits();

    /**
     * Runs the work in one serialised transaction, durable when it returns; everything of a work that throws is undone.
     * The work may run more than once and must not do anything but use its rows.
     */
    <T extends @Nullable Object> T write(Work<T> work);

    /** As {@link #write}, ahead of what waits: a lease that is renewed late is lost (S34). */
    default <T extends @Nullable Object> T writeFirst(Work<T> work) {
        return write(work);
    }

    /** Runs the work on one consistent snapshot; it must not write. */
    <T extends @Nullable Object> T read(Work<T> work);

    /**
     * Transactions that are parts of one that the application began; {@link RowStorage} makes a storage of them (Q7).
     *
     * @return {@code null} for a backend that the application cannot share
     */
    default @Nullable Transactions within(HostTransaction transaction) {
        return null;
    }

    /**
     * A transaction that a tool writes in too (J10).
     *
     * @param joined makes the storage inside of it
     * @return {@code null} for a backend that the application cannot share
     */
    default @Nullable SharedTransaction begin(Function<Transactions, Storage> joined) {
        return null;
    }

    /** Whether this holder is provably dead before its lease expires (L7). */
    boolean dead(Claimant holder);

    /** Whether {@link #dead} can ever say so. */
    default boolean provesDeath() {
        return true;
    }

    /** Whether {@link RowGroups.OfSessions#choose} spares nodes the trips to what others start. */
    default boolean tellsChosen() {
        return false;
    }

    List<Maintenance.Finding> examine();

    @Override
    void close();

    @FunctionalInterface
    interface Work<T extends @Nullable Object> {
        T run(Rows rows);
    }
}
