package dev.turnbuckle.testkit;

import static dev.turnbuckle.testkit.ScriptedModel.calls;
import static dev.turnbuckle.testkit.ScriptedModel.says;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.memory.MemoryStorage;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.SessionStore;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.store.Wakeups;
import dev.turnbuckle.tool.Tool;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a node looks for work in a store that it shares, and what it leaves to the node that accepted it (decision 20). */
@Timeout(30)
class LooksTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    record In(String text) {}

    private final MemoryStorage memory = new MemoryStorage();
    private final List<Wakeups.Hint> told = new ArrayList<>();
    private final Map<String, Duration> begun = new TreeMap<>();
    private Consumer<Wakeups.Hint> listener = hint -> {};
    private boolean flowing = true;
    private final List<Duration> starts = new ArrayList<>();
    private Duration queries = Duration.ZERO;
    private Duration ahead = Duration.ZERO;
    private boolean cancelledBeforeItSuspends;
    private int looks;
    private int failing;
    private TestTurnbuckle test;

    private final Wakeups wakeups = new Wakeups() {
        @Override
        public void listen(Consumer<Hint> next) {
            listener = next;
        }

        @Override
        public void tell(Hint hint) {
            told.add(hint);
        }

        @Override
        public boolean flowing() {
            return flowing;
        }
    };

    /** The store as one of several nodes sees it. */
    private Storage shared() {
        return proxy(Storage.class, memory, result -> switch (result) {
            case Storage.Traits t -> new Storage.Traits(t.name(), t.incarnation(), t.durable(), true, t.ownClock());
            case Wakeups none -> wakeups;
            case Inbox inbox -> proxy(Inbox.class, inbox, r -> r);
            case Turns turns -> proxy(Turns.class, turns, r -> r);
            case SessionStore sessions -> proxy(SessionStore.class, sessions, this::byTheClockOfTheStore);
            case null, default -> result;
        });
    }

    private <T> T proxy(Class<T> type, Object target, UnaryOperator<Object> after) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (p, method, arguments) -> {
                    try {
                        seen(method, arguments);
                        return after.apply(method.invoke(target, arguments));
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                }));
    }

    private Object byTheClockOfTheStore(Object result) {
        if (result instanceof CommitResult.Committed c
                && c.after() != null
                && c.after().due() != null) {
            SessionRow row = c.after();
            var after = new SessionRow(
                    row.id(),
                    row.agent(),
                    row.head(),
                    row.openTurn(),
                    row.facts(),
                    row.metadata(),
                    row.createdAt(),
                    row.updatedAt().plus(ahead),
                    row.due().plus(ahead),
                    row.deleted());
            return new CommitResult.Committed(c.revision(), c.repeated(), c.droppedTo(), after, c.hashes());
        }
        return result;
    }

    private void seen(Method method, Object[] arguments) throws InterruptedException {
        switch (method.getName()) {
            case "untilDue" -> test.environment().sleep(queries);
            case "suspend" -> {
                if (cancelledBeforeItSuspends) {
                    var asked = (Turns.SuspendRequest) arguments[0];
                    memory.turns().cancel(asked.lease().scope().id(), asked.turn(), "another", "not needed");
                }
            }
            case "due" -> {
                test.environment().sleep(queries);
                looks++;
                if (failing-- > 0) {
                    throw StorageException.retry("unreachable", "away", null);
                }
            }
            case "start" -> {
                starts.add(since());
                begun.putIfAbsent(((Turns.StartRequest) arguments[0]).session(), since());
            }
            default -> {}
        }
    }

    private Duration since() {
        return Duration.between(TestEnvironment.BEGINNING, test.environment().now());
    }

    private TestTurnbuckle start(Agent agent, UnaryOperator<dev.turnbuckle.Turnbuckle.Builder> settings) {
        test = TestTurnbuckle.setup()
                .agents(agent)
                .storage(this::shared)
                .runtime(settings)
                .start();
        return test;
    }

    private TestTurnbuckle start() {
        var model = ScriptedModel.of(
                IntStream.range(0, 40).mapToObj(i -> says("Done.")).toArray(Step[]::new));
        return start(Agent.named("test").model(model).build(), r -> r);
    }

    /** Another node accepts it, and tells nobody. */
    private void another(String session, Duration delay) {
        var input = new Inbox.NewInput(
                session,
                "test",
                new TurnId("t-" + session),
                InboxItem.Kind.USER,
                InboxItem.Delivery.NEXT_TURN,
                Json.write(new InboxItem.Content(Message.user("Hello"), null)),
                null,
                Map.of(),
                null,
                delay);
        assertThat(memory.inbox().accept(input)).isInstanceOf(Inbox.Accepted.Row.class);
    }

    @Test
    void whatAnotherNodeAcceptedIsLeftToItForAQuarterOfASecond() {
        try (var node = start()) {
            node.tick(Duration.ofMillis(10_025));
            var accepted = new TreeMap<String, Duration>();
            for (int i = 0; i < 40; i++) {
                accepted.put("s" + i, since());
                another("s" + i, Duration.ZERO);
                node.tick(Duration.ofMillis(50));
            }
            node.tick(Duration.ofSeconds(2));
            assertThat(begun.keySet()).isEqualTo(accepted.keySet());
            assertThat(begun)
                    .allSatisfy((session, at) -> assertThat(at.minus(accepted.get(session)))
                            .isBetween(Duration.ofMillis(250), Duration.ofMillis(1_260)));
        }
    }

    @Test
    void aNodeBesideABusyOneLooksOnceASecond() {
        try (var node = start()) {
            node.tick(Duration.ofSeconds(5));
            looks = 0;
            for (int i = 0; i < 100; i++) {
                String session = "s" + i;
                another(session, Duration.ZERO);
                node.tick(Duration.ofMillis(100));
                var by = new Claimant("another", "life", "token-" + i);
                assertThat(memory.turns()
                                .start(new Turns.StartRequest(
                                        session, by, Duration.ofMinutes(5), Set.of("test"), Set.of())))
                        .isInstanceOf(Turns.Start.Go.class);
            }
            assertThat(looks).isBetween(8, 12);
            assertThat(begun).isEmpty();
        }
    }

    @Test
    void whatAnotherNodeTellsOfIsBegunAtOnce() {
        try (var node = start()) {
            node.tick(Duration.ofSeconds(5));
            another("s", Duration.ZERO);
            listener.accept(new Wakeups.Hint(Wakeups.Kind.DUE, "s"));
            node.tick(Duration.ofMillis(1));
            assertThat(begun).containsExactly(Map.entry("s", Duration.ofSeconds(5)));
        }
    }

    /** Also while others accept something all the time. */
    @Test
    void q06_aDelayedRowIsBegunOnTime() {
        try (var node = start()) {
            node.tick(Duration.ofMillis(4_321));
            another("later", Duration.ofMillis(3_210)); // at 7,531
            for (int i = 0; i < 100; i++) {
                another("s" + i, Duration.ZERO);
                node.tick(Duration.ofMillis(40));
                memory.sessions().delete("s" + i); // its own node is done with it
            }
            assertThat(begun).containsKey("later");
            assertThat(begun.get("later")).isBetween(Duration.ofMillis(7_531), Duration.ofMillis(7_581));
        }
    }

    /** Whenever it becomes due, also while the node asks the store, which takes its time. */
    @Test
    void q06_aDelayedRowIsBegunOnTimeWhereTheStoreIsSlow() {
        queries = Duration.ofMillis(20);
        for (int i = 0; i < 300; i++) {
            begun.clear();
            try (var node = start()) {
                node.tick(Duration.ofSeconds(4));
                var delay = Duration.ofMillis(3_000 + i * 7);
                Duration at = since().plus(delay);
                another("s" + i, delay);
                node.tick(Duration.ofSeconds(8));
                assertThat(begun.get("s" + i).minus(at)).isBetween(Duration.ZERO, Duration.ofMillis(100));
            }
        }
    }

    private Tool slow() {
        return Tool.idempotent("slow", "Takes a second", In.class, in -> {
            test.environment().sleep(SECOND);
            return "done";
        });
    }

    /** The time at which it is due comes from the store. */
    @Test
    void aNodeWhoseClockIsBehindGoesOnWithTheNextInputAtOnce() {
        ahead = Duration.ofMillis(5);
        var model = ScriptedModel.of(calls("slow", new In("a")), says("1"), says("2"), says("3"));
        try (var node = start(Agent.named("test").model(model).tool(slow()).build(), r -> r)) {
            node.tick(Duration.ofMillis(5_300));
            node.session("s").send("First");
            node.session("s").send("Second");
            node.session("s").send("Third");
            node.tick(Duration.ofSeconds(6));
            assertThat(starts).startsWith(Duration.ofMillis(5_300)).hasSizeGreaterThanOrEqualTo(3);
            assertThat(starts.subList(1, 3)).containsOnly(Duration.ofMillis(6_300));
        }
    }

    /** Nobody else knows that this node gives it back. */
    @Test
    void aTurnThatIsCancelledElsewhereWhenItIsAboutToWaitIsTakenUpAtOnce() {
        cancelledBeforeItSuspends = true;
        Tool delete = Tool.once("delete", "Deletes", In.class, in -> "done").needsApproval(In.class, in -> true);
        var model = ScriptedModel.of(calls("delete", new In("a")), says("Done."));
        try (var node = start(Agent.named("test").model(model).tool(delete).build(), r -> r)) {
            node.tick(Duration.ofMillis(5_300));
            node.session("s").send("Delete it.");
            node.tick(Duration.ofMillis(300));
            assertThat(starts).hasSizeGreaterThanOrEqualTo(2).containsOnly(Duration.ofMillis(5_300));
        }
    }

    @Test
    void withoutHintsNothingIsLeftToOthers() {
        flowing = false;
        try (var node = start()) {
            node.tick(Duration.ofMillis(5_010));
            another("s", Duration.ZERO);
            node.tick(Duration.ofMillis(50));
            assertThat(begun.get("s")).isBetween(Duration.ofMillis(5_010), Duration.ofMillis(5_060));
        }
    }

    @Test
    void whatWasToldWhileTheStoreWasAwayIsBegunWhenItIsBack() {
        try (var node = start()) {
            node.tick(Duration.ofSeconds(5));
            failing = 1;
            another("s", Duration.ZERO);
            listener.accept(new Wakeups.Hint(Wakeups.Kind.DUE, "s"));
            node.tick(Duration.ofMillis(900));
            another("t", Duration.ZERO);
            node.tick(Duration.ofMillis(110));
            assertThat(begun).containsOnlyKeys("s", "t");
            assertThat(begun.values()).containsOnly(Duration.ofSeconds(6));
        }
    }

    /** It goes on with nothing new, so it says what it leaves. */
    @Test
    void aNodeThatIsClosedTellsTheOthersWhatItLeaves() {
        var model = ScriptedModel.of(calls("slow", new In("a")), says("Done."), says("Done."));
        try (var node =
                start(Agent.named("test").model(model).tool(slow()).build(), r -> r.drain(SECOND.multipliedBy(5)))) {
            node.session("s").send("First");
            node.tick(Duration.ofMillis(500));
            node.session("s").send(Input.text("Second"));
            told.clear();
            node.turnbuckle().close();
            assertThat(told).contains(new Wakeups.Hint(Wakeups.Kind.DUE, "s"));
        }
    }
}
