package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.store.Blobs;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.Journal;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Leases;
import dev.turnbuckle.store.Maintenance;
import dev.turnbuckle.store.SessionStore;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.store.Wakeups;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way from one life of a node to the store: calls take time, and on the way there and back everything can happen.
 * What the store performed is told to the referee, also when the caller never hears of it.
 */
final class Wire implements Storage {
    private final World world;
    private final Life life;
    private final SessionStore sessions;
    private final Turns turns;
    private final Inbox inbox;
    private final Leases leases;
    private final Journal journal;
    private final Blobs blobs;
    private final Maintenance maintenance;
    private final Wakeups wakeups = new Wakeup();

    Wire(World world, Life life) {
        this.world = world;
        this.life = life;
        Storage store = world.storage;
        this.sessions = wired(SessionStore.class, store.sessions());
        this.turns = wired(Turns.class, store.turns());
        this.inbox = wired(Inbox.class, store.inbox());
        this.leases = wired(Leases.class, store.leases());
        this.journal = wired(Journal.class, store.journal());
        this.blobs = wired(Blobs.class, store.blobs());
        this.maintenance = wired(Maintenance.class, store.maintenance());
    }

    private <T> T wired(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) ->
                        call(type.getSimpleName() + "." + method.getName(), target, method, arguments)));
    }

    private @Nullable Object call(
            String operation, Object target, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        life.process().now(); // a dead process calls nothing
        String struck = ofAnAnswer(arguments) ? Faults.MODEL_RECORD : operation;
        Fault fault = world.faults.atCall(struck);
        onTheWayThere(struck, fault);
        Seen seen = world.desk == null
                ? performed(operation, target, method, arguments)
                : world.desk.serve(operation, () -> performed(operation, target, method, arguments));
        onTheWayBack(struck, fault);
        if (seen.thrown() != null) {
            throw seen.thrown();
        }
        return seen.result();
    }

    private static boolean ofAnAnswer(@Nullable Object @Nullable [] arguments) {
        return arguments != null
                && arguments.length > 2
                && arguments[2] instanceof List<?> entries
                && entries.stream()
                        .anyMatch(e ->
                                e instanceof JournalEntry entry && entry.kind().equals("model") && entry.done());
    }

    private void onTheWayThere(String operation, @Nullable Fault fault) {
        if (fault == Fault.REFUSED) {
            world.log(life.name(), "has no connection for " + operation);
            throw StorageException.retry("no_connection", "no connection for " + operation, null);
        } else if (fault == Fault.KILLED_BEFORE) {
            life.die("before " + operation);
        } else if (fault == Fault.STOPPED_BEFORE) {
            life.freeze(stop(), "before " + operation);
        } else if (fault == Fault.SLOW) {
            Duration slow = stop();
            world.log(life.name(), "waits " + slow.toMillis() + " ms for " + operation);
            World.pause(life.process(), slow);
        } else if (Faults.writes(operation) || world.dice.chance(0.2)) {
            World.pause(life.process(), latency());
        }
    }

    private Seen performed(String operation, Object target, Method method, @Nullable Object @Nullable [] arguments)
            throws IllegalAccessException {
        List<@Nullable Object> given = arguments == null ? List.of() : Arrays.asList(arguments);
        Object result = null;
        Throwable thrown = null;
        try {
            result = method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            thrown = e.getTargetException();
        }
        var seen = new Seen(storeNow(), life.name(), operation, given, result, thrown);
        world.referee.seen(seen);
        return seen;
    }

    /** As the store saw it: a database keeps microseconds. */
    private Instant storeNow() {
        Instant now = world.storeProcess.now();
        return world.desk == null ? now : now.truncatedTo(ChronoUnit.MICROS);
    }

    private void onTheWayBack(String operation, @Nullable Fault fault) {
        if (fault == Fault.LOST) {
            world.log(life.name(), "loses the answer of " + operation);
            throw StorageException.retry("lost_answer", "the answer of " + operation + " was lost", null);
        } else if (fault == Fault.KILLED_AFTER) {
            life.die("after " + operation);
        } else if (fault == Fault.STOPPED_AFTER) {
            life.freeze(stop(), "after " + operation);
        } else if (Faults.writes(operation) && world.dice.chance(0.4)) {
            World.pause(life.process(), latency());
        }
    }

    private Duration latency() {
        return world.dice.chance(0.5) ? Duration.ZERO : world.dice.millis(1, 4);
    }

    /** Often longer than a lease lives. */
    private Duration stop() {
        int ttl = (int) world.shape.ttl().toMillis();
        return world.dice.chance(0.7) ? world.dice.millis(ttl, ttl * 2) : world.dice.millis(20, ttl);
    }

    @Override
    public void open(Environment environment) {}

    @Override
    public Traits traits() {
        Traits own = world.storage.traits();
        return new Traits(own.name(), life.name(), own.durable(), world.shape.shared(), own.ownClock());
    }

    @Override
    public SessionStore sessions() {
        return sessions;
    }

    @Override
    public Turns turns() {
        return turns;
    }

    @Override
    public Inbox inbox() {
        return inbox;
    }

    @Override
    public Leases leases() {
        return leases;
    }

    @Override
    public Journal journal() {
        return journal;
    }

    @Override
    public Blobs blobs() {
        return blobs;
    }

    @Override
    public Maintenance maintenance() {
        return maintenance;
    }

    @Override
    public Wakeups wakeups() {
        return world.shape.shared() && world.shape.hints() ? wakeups : Wakeups.NONE;
    }

    private final class Wakeup implements Wakeups {
        @Override
        public void listen(Consumer<Hint> listener) {
            life.listens(listener);
        }

        @Override
        public void tell(Hint hint) {
            world.hints.post(life, hint);
        }

        @Override
        public boolean flowing() {
            return true;
        }
    }

    /** The store outlives its clients. */
    @Override
    public void close() {}
}
