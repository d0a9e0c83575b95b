package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.memory.MemoryStorage;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.testkit.TestEnvironment;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A whole deployment under one seed and virtual time, one runnable task at a time: two or three nodes with the real
 * engine and workers over one storage; users who send, steer and cancel; people who decide; observers who follow by
 * cursors. First everything breaks: processes are killed or stopped past their leases, calls and answers get lost,
 * clocks jump, models and tools fail. Then nothing does any more, and all that was begun must come to its end within
 * {@link #HEALED_WITHIN}. Referees that share no code with what they check compare what happened with the rules.
 *
 * <pre>{@code
 * Simulation.inMemory().run(42).requireClean();
 * }</pre>
 *
 * The same seed gives the same run, byte for byte of its {@linkplain SimulationResult#trace() trace}. Runs share
 * nothing: several may go on at the same time, on threads of the caller's.
 */
public final class Simulation {
    /** Virtual time within which everything must be at rest after the faults have ended. */
    public static final Duration HEALED_WITHIN = Duration.ofMinutes(2);

    private final Function<Predicate<Claimant>, ? extends Storage> stores;
    private final UnaryOperator<Storage> engineSees;
    private final boolean waiting;

    private Simulation(
            Function<Predicate<Claimant>, ? extends Storage> stores,
            UnaryOperator<Storage> engineSees,
            boolean waiting) {
        this.stores = stores;
        this.engineSees = engineSees;
        this.waiting = waiting;
    }

    /** Over {@link MemoryStorage}. */
    public static Simulation inMemory() {
        return over(dead -> {
            var memory = new MemoryStorage();
            memory.presumeDead(dead);
            return memory;
        });
    }

    /**
     * Over another storage whose calls wait for nothing. Each run gets a new, empty one, which all simulated nodes share.
     *
     * @param stores makes it; is handed which lease holders are known to be dead (L7), which it may leave unused
     */
    public static Simulation over(Function<Predicate<Claimant>, ? extends Storage> stores) {
        return new Simulation(stores, UnaryOperator.identity(), false);
    }

    /**
     * The same over a storage whose calls wait, for tasks of its own {@code Environment} and nothing else; they are
     * served one at a time.
     */
    public Simulation waiting() {
        return new Simulation(stores, engineSees, true);
    }

    /**
     * For tests of the simulation itself: what stands between each node and its way to the store, such as a mistake that
     * an engine could make. The referees see what lies behind it.
     */
    public Simulation engineSees(UnaryOperator<Storage> wrapper) {
        return new Simulation(stores, wrapper, waiting);
    }

    /** One run. Takes some tens of milliseconds; for any thread. */
    public SimulationResult run(long seed) {
        try (var environment = TestEnvironment.seeded(seed)) {
            var world = new World(environment, stores, engineSees, waiting);
            try {
                world.start("director", new Director(world)::direct).join();
            } catch (IllegalStateException e) { // nobody can go on, or somebody goes on for ever
                world.referee.violated("progress", String.valueOf(e.getMessage()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                world.referee.violated("progress", "interrupted");
            }
            close(world);
            environment.failures().forEach(f -> world.referee.violated("tasks", "a task failed: " + f));
            return new SimulationResult(
                    seed,
                    world.referee.violations(),
                    world.tally.counts(),
                    world.log.lines(),
                    Duration.ofNanos(environment.nanos()));
        }
    }

    private static void close(World world) {
        try {
            world.start("close", world.storage::close).join();
        } catch (IllegalStateException e) { // told already: nobody can go on
            world.log("store", "is not closed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
