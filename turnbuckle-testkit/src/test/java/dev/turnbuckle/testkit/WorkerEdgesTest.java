package dev.turnbuckle.testkit;

import static dev.turnbuckle.testkit.ScriptedModel.calls;
import static dev.turnbuckle.testkit.ScriptedModel.says;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.Events;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.env.Environment;
import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.memory.MemoryStorage;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.SessionStore;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.tool.Tool;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node's own tasks, and a store that fails some of what they ask. */
@Timeout(30)
class WorkerEdgesTest {
    private static final Duration TTL = Duration.ofSeconds(30);

    record In(String text) {}

    private final AtomicInteger runs = new AtomicInteger();
    private Environment environment = Environment.system();

    /** Asked before each call of one part of the storage. */
    private interface Before {
        void call(Method method, Object[] arguments) throws Throwable;
    }

    private static Storage storage(String part, Before before) {
        var memory = new MemoryStorage();
        return proxy(
                Storage.class,
                memory,
                (method, arguments) -> {},
                (method, result) -> method.getName().equals(part)
                        ? proxy(method.getReturnType(), result, before, (m, r) -> r)
                        : result);
    }

    private interface After {
        Object result(Method method, Object result);
    }

    private static <T> T proxy(Class<T> type, Object target, Before before, After after) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (p, method, arguments) -> {
                    try {
                        before.call(method, arguments);
                        return after.result(method, method.invoke(target, arguments));
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                }));
    }

    private TestTurnbuckle start(Storage storage, Agent agent) {
        TestTurnbuckle test = TestTurnbuckle.setup()
                .agents(agent)
                .storage(() -> storage)
                .runtime(r -> r.leaseTtl(TTL))
                .start();
        environment = test.environment();
        return test;
    }

    /** Its tool takes a minute, and may run again after a crash. */
    private Agent slow() {
        Tool wait = Tool.idempotent("wait", "Waits", In.class, in -> {
            runs.incrementAndGet();
            environment.sleep(Duration.ofMinutes(1));
            return "waited";
        });
        var model =
                ScriptedModel.of(calls("wait", new In("a")), calls("wait", new In("b")), says("Done."), says("Done."));
        return Agent.named("test").model(model).tool(wait).build();
    }

    /** Upkeep sees the revision of a commit whose answer takes a second; what the turn still has to tell comes first. */
    @Test
    void o16_nobodyTellsACommitBeforeItsOwnTurnHasToldItsEnd() {
        var memory = new MemoryStorage();
        Before nothing = (method, arguments) -> {};
        Storage shared = proxy(Storage.class, memory, nothing, (method, result) -> switch (result) {
            case Storage.Traits t -> new Storage.Traits(t.name(), t.incarnation(), t.durable(), true, t.ownClock());
            case SessionStore s -> proxy(SessionStore.class, s, nothing, this::slowly);
            case null, default -> result;
        });
        Agent agent = Agent.named("test").model(ScriptedModel.of(says("Done."))).build();
        var seen = new ArrayList<String>();
        try (var test = start(shared, agent)) {
            var turn = test.session("s").send("Hello");
            try (Events events = turn.events()) {
                for (var item : events) {
                    seen.add(item.activity().getClass().getSimpleName());
                }
            }
        }
        assertThat(seen).endsWith("TurnEnded").doesNotContain("Committed");
    }

    private Object slowly(Method method, Object result) {
        if (method.getName().equals("commit")) {
            try {
                environment.sleep(Duration.ofSeconds(1));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return result;
    }

    @Test
    void aBugInTheStoreDoesNotEndTheLookingForWork() {
        var fault = new AtomicInteger(1);
        var storage = storage("inbox", (method, arguments) -> {
            if (method.getName().equals("due") && fault.getAndDecrement() > 0) {
                throw new IllegalStateException("a bug");
            }
        });
        Agent agent = Agent.named("test").model(ScriptedModel.of(says("Done."))).build();
        try (var test = start(storage, agent)) {
            var turn = test.session("s").send(Input.text("Later").after(Duration.ofMinutes(1)));
            test.tick(Duration.ofMinutes(2));
            assertThat(turn.await().text()).isEqualTo("Done.");
        }
    }

    /** As on a standby: what is due can be read, and nothing can be begun. */
    @Test
    void aSessionThatCannotBeBegunIsNotTriedAgainWithoutAPause() {
        var tries = new AtomicInteger();
        var storage = storage("turns", (method, arguments) -> {
            boolean fails = method.getName().equals("start") && tries.incrementAndGet() < 10_000;
            if (fails && ((Turns.StartRequest) arguments[0]).session().equals("s")) {
                throw StorageException.retry("read_only", "takes no writes", null);
            }
        });
        Agent agent = Agent.named("test")
                .model(ScriptedModel.of(says("Done."), says("Done.")))
                .build();
        try (var test = start(storage, agent)) {
            test.session("s").send("Hello");
            test.tick(Duration.ofSeconds(10));
            assertThat(tries.get()).isBetween(5, 20);
            assertThat(test.session("t").ask("Hello")).isEqualTo("Done.");
            tries.set(10_000);
            test.tick(Duration.ofSeconds(2));
            assertThat(test.session("s").view().revision()).isEqualTo(1);
        }
    }

    @Test
    void aBugInTheStoreDoesNotEndTheRenewals() {
        var fault = new AtomicInteger(1);
        var storage = storage("leases", (method, arguments) -> {
            if (method.getName().equals("renew") && fault.getAndDecrement() > 0) {
                throw new IllegalStateException("a bug");
            }
        });
        try (var test = start(storage, slow())) {
            var turn = test.session("s").send("Wait.");
            test.tick(Duration.ofMinutes(3));
            assertThat(turn.await().text()).isEqualTo("Done.");
            assertThat(runs).hasValue(2);
        }
    }

    /** As when an application keeps its transaction open after it has sent something to that session. */
    @Test
    void l08_aLeaseThatCannotBeRenewedNowKeepsNoOtherFromBeingRenewed() {
        var storage = storage("leases", (method, arguments) -> {
            if (method.getName().equals("renew")
                    && ((List<?>) arguments[0])
                            .stream().anyMatch(l -> ((Lease) l).scope().id().equals("stuck"))) {
                throw StorageException.retry("locked", "the row stayed locked", null);
            }
        });
        try (var test = start(storage, slow())) {
            test.session("stuck").send("Wait.");
            var turn = test.session("free").send("Wait.");
            test.tick(Duration.ofSeconds(50));
            assertThat(storage.leases().list())
                    .filteredOn(l -> l.scope().id().equals("free"))
                    .singleElement()
                    .satisfies(
                            l -> assertThat(l.liveAt(test.environment().now())).isTrue());
        }
    }
}
