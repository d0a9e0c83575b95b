package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.testkit.TestEnvironment;
import dev.turnbuckle.testkit.TestProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What everything in one run shares. Only one task runs at a time, so nothing here is locked. */
final class World {
    final TestEnvironment environment;

    /** Users, people and observers live here; it is never killed. */
    final TestProcess outside;

    /** Whose clock the leases expire by. */
    final TestProcess storeProcess;

    final Dice dice;
    final Shape shape;
    final Tally tally = new Tally();
    final Log log = new Log();
    final Faults faults;
    final Referee referee;
    final Storage storage;
    final UnaryOperator<Storage> engineSees;
    final List<Machine> machines;
    final Hints hints;

    /** {@code null} where calls of the storage never wait: they are performed by whoever makes them. */
    final @Nullable Desk desk;

    private final Set<String> deadLives = new HashSet<>();
    private int bodies;
    private int asked;

    World(
            TestEnvironment environment,
            Function<Predicate<Claimant>, ? extends Storage> stores,
            UnaryOperator<Storage> engineSees,
            boolean waiting) {
        this.environment = environment;
        this.outside = environment.process("world");
        this.storeProcess = environment.process("store");
        this.dice = new Dice(environment);
        this.shape = Shape.drawn(dice);
        this.faults = new Faults(dice, tally, shape.shared());
        this.referee = new Referee(this);
        this.engineSees = engineSees;
        this.hints = new Hints(this);
        this.desk = waiting ? new Desk(this) : null;
        this.storage = stores.apply(this::presumedDead);
        this.machines = IntStream.rangeClosed(1, shape.nodes())
                .mapToObj(n -> new Machine(this, "node-" + n))
                .toList();
    }

    boolean presumedDead(Claimant holder) {
        return shape.presumesDead() && deadLives.contains(holder.incarnation());
    }

    void buried(String life) {
        deadLives.add(life);
    }

    /** Nothing more needs to be tried: something is broken. */
    boolean over() {
        return referee.broken();
    }

    void log(String who, String what) {
        log.add(environment.nanos(), who, what);
    }

    int nextBody() {
        return ++bodies;
    }

    int nextAsked() {
        return ++asked;
    }

    /** Lives that take requests now. */
    List<Life> up() {
        var up = new ArrayList<Life>();
        for (Machine machine : machines) {
            Life life = machine.life();
            if (life != null && life.takesRequests()) {
                up.add(life);
            }
        }
        return up;
    }

    /** Lets time pass on a process, whatever interrupts it: the flag is there afterwards. */
    static void pause(TestProcess process, Duration duration) {
        long end = process.nanos() + duration.toNanos();
        boolean interrupted = false;
        do {
            try {
                process.sleep(Duration.ofNanos(end - process.nanos()));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        } while (process.nanos() < end);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** A task outside of all nodes. */
    Environment.Task start(String name, Outside body) {
        return outside.start(name, () -> {
            try {
                body.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    interface Outside {
        void run() throws InterruptedException;
    }
}
