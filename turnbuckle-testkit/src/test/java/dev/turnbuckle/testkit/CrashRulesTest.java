package dev.turnbuckle.testkit;

import static dev.turnbuckle.testkit.ScriptedModel.call;
import static dev.turnbuckle.testkit.ScriptedModel.calls;
import static dev.turnbuckle.testkit.ScriptedModel.callsAll;
import static dev.turnbuckle.testkit.ScriptedModel.says;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.Turn;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.memory.MemoryStorage;
import dev.turnbuckle.session.Entry;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome.Cancelled;
import dev.turnbuckle.session.TurnOutcome.Failed;
import dev.turnbuckle.session.TurnOutcome.Suspended;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Commit;
import dev.turnbuckle.store.CommitResult;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.SessionStore;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.tool.OnUnknown;
import dev.turnbuckle.tool.StateKey;
import dev.turnbuckle.tool.Tool;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a crash leaves, each case as small as it can be; the simulation found them. */
@Timeout(60)
class CrashRulesTest {
    record In(String text) {}

    record Count(int count) {}

    private static final In ANY = new In("any");
    private static final StateKey<Count> COUNT = StateKey.of("count", 1, Count.class, () -> new Count(0));
    private static final Duration MOMENT = Duration.ofMillis(500);

    private TestTurnbuckle test;

    @AfterEach
    void close() {
        test.close();
    }

    private String slowly(In in) throws InterruptedException {
        test.process().sleep(Duration.ofSeconds(10));
        return "done";
    }

    private List<String> results(String session) {
        return test.session(session).view().entries().stream()
                .map(Entry::message)
                .flatMap(m -> m.parts().stream())
                .filter(Part.ToolResult.class::isInstance)
                .map(p -> ((Part.ToolResult) p).content())
                .toList();
    }

    @Test
    void j11_anUnknownOutcomeThatFailsTheTurnLosesNothingOfTheCallsBesideIt() {
        var agent = Agent.named("test")
                .model(ScriptedModel.of(callsAll(call("bet", ANY), call("put", ANY)), says("Lost."), says("2.")))
                .tool(Tool.once("bet", "Bets", In.class, this::slowly).ifUnknown(OnUnknown.FAIL_TURN))
                .tool(Tool.idempotent("put", "Puts", In.class, (in, call) -> {
                    call.update(COUNT, c -> new Count(c.count() + 1));
                    return "put";
                }))
                .tool(Tool.read("count", "Counts", In.class, (in, call) -> call.state(COUNT)))
                .build();
        test = TestTurnbuckle.with(agent);
        Turn turn = test.session("s").send("Bet and put.");
        test.tick(MOMENT);
        test.crash();
        var failed = (Failed) test.session("s").turn(turn.id()).await();
        assertThat(failed.code()).isEqualTo("unknown_outcome");
        assertThat(results("s")).hasSize(2);
        assertThat(results("s").getFirst()).startsWith("The outcome is unknown");
        assertThat(results("s").getLast()).isEqualTo("put");
    }

    private static Agent payer() {
        return Agent.named("test")
                .model(ScriptedModel.of(
                        callsAll(call("pay", new In("1")), call("pay", new In("2"))), says("Done."), says("Sorry.")))
                .tool(Tool.once("pay", "Pays", In.class, in -> "paid " + in.text())
                        .needsApproval(In.class, in -> true)
                        .decideWithin(Duration.ofMinutes(1)))
                .build();
    }

    private Turn suspended() {
        test = TestTurnbuckle.with(payer());
        Turn turn = test.session("s").send("Pay twice.");
        assertThat(((Suspended) turn.await()).waits()).hasSize(2);
        return turn;
    }

    @Test
    void j16_aNodeWhoseClockIsAheadLeavesThePersonHerTime() {
        Turn turn = suspended();
        test.process().jump(Duration.ofHours(1));
        test.waits().approve(test.waits().open().getFirst().id(), "alice");
        test.tick(MOMENT);
        test.waits().approve(test.waits().open().getFirst().id(), "alice");
        assertThat(turn.await().text()).isEqualTo("Done.");
        assertThat(results("s")).containsExactly("paid 1", "paid 2");
    }

    @Test
    void j16_aNodeWhoseClockIsBehindTakesTheDeadlineForWhatItIs() {
        Turn turn = suspended();
        test.process().jump(Duration.ofHours(-1));
        test.tick(Duration.ofMinutes(2));
        test.session("s").send("Well?"); // makes the node look
        assertThat(turn.await().text()).isEqualTo("Done.");
        assertThat(results("s")).hasSize(2).allMatch(r -> r.contains("expired by deadline"));
    }

    @Test
    void t09_aTurnThatIsCancelledAfterACrashKeepsEverythingThatWasRecorded() {
        var agent = Agent.named("test")
                .model(ScriptedModel.of(calls("look", ANY), calls("act", ANY), says("Done.")))
                .tool(Tool.read("look", "Looks", In.class, in -> "seen"))
                .tool(Tool.once("act", "Acts", In.class, this::slowly))
                .build();
        test = TestTurnbuckle.with(agent);
        Turn turn = test.session("s").send("Act.");
        test.tick(MOMENT);
        test.crash();
        Turn again = test.session("s").turn(turn.id());
        again.cancel("enough");
        assertThat(again.await().code()).isEqualTo("cancelled");
        assertThat(results("s")).hasSize(2);
        assertThat(results("s").getFirst()).isEqualTo("seen");
        assertThat(results("s").getLast()).startsWith("The outcome is unknown");
    }

    /** Another driver lands the same commit first: its intent is the same, its partial answer is not. */
    private static CommitResult overtaken(SessionStore store, Commit commit) {
        var record = commit.record();
        if (record.outcome() instanceof Cancelled c) {
            var first = new Cancelled(c.turn(), "the first partial answer", c.by(), c.reason());
            store.commit(new Commit(
                    commit.target(),
                    commit.history(),
                    commit.state(),
                    commit.settlement(),
                    new Commit.Record(first, record.turnRecord(), record.attachments(), record.parts())));
        }
        return store.commit(commit);
    }

    @Test
    void s11_whoCommitsAgainTellsTheOutcomeThatTheFirstCommitKept() {
        var store = new MemoryStorage();
        Storage overtaking = proxy(
                Storage.class,
                (proxy, method, arguments) -> method.getName().equals("sessions")
                        ? proxy(
                                SessionStore.class,
                                (p, m, a) -> m.getName().equals("commit")
                                        ? overtaken(store.sessions(), (Commit) a[0])
                                        : m.invoke(store.sessions(), a))
                        : method.invoke(store, arguments));
        var agent = Agent.named("test")
                .model(ScriptedModel.of(says("one two three").pausing(Duration.ofSeconds(1))))
                .build();
        test = TestTurnbuckle.setup().agents(agent).storage(() -> overtaking).start();
        Turn turn = test.session("s").send("Count.");
        test.tick(MOMENT);
        turn.cancel("enough");
        assertThat(((Cancelled) turn.await()).partialText()).isEqualTo("the first partial answer");
    }

    @Test
    void q05_whatATurnGivesBackIsNotToldTheEndOfThatTurn() {
        var store = new MemoryStorage();
        var finds = new AtomicInteger(-100);
        var end = new AtomicReference<Runnable>();
        var agent = Agent.named("test").model(ScriptedModel.of(says("Two."))).build();
        test = TestTurnbuckle.setup()
                .agents(agent)
                .storage(() -> store)
                .runtime(r -> r.manual().probe(seam -> {
                    if (seam.equals("before Turns.find") && finds.incrementAndGet() == 2) {
                        end.get().run();
                    }
                }))
                .start();
        Turn one = test.session("s").send("One.");
        TurnId two = one.steer("Two.").id();
        var by = new Claimant("elsewhere", "life", "token");
        var request = new Turns.StartRequest("s", by, Duration.ofSeconds(30), Set.of("test"));
        Lease lease = ((Turns.Start.Go) store.turns().start(request)).started().lease();
        store.inbox().claimSteers(lease, one.id(), 1);
        store.turns().abandon(lease, one.id(), Turns.Handback.drained(Duration.ZERO));
        one.cancel("enough");
        end.set(() -> test.turnbuckle().run(one)); // between the look at the input and the one at what it joined
        finds.set(0);
        assertThat(test.session("s").turn(two).await(Duration.ZERO)).isEmpty();
        assertThat(one.await()).isInstanceOf(Cancelled.class);
        test.turnbuckle().runDue();
        assertThat(test.session("s").turn(two).await().text()).isEqualTo("Two.");
    }

    @Test
    void q06_whatBecomesDueWhileAllPlacesAreTakenIsDrivenWhenOneIsFree() {
        var model = ScriptedModel.of(says("Done.").after(Duration.ofSeconds(10)));
        var agent = Agent.named("test").model(model).build();
        test = TestTurnbuckle.setup()
                .agents(agent)
                .runtime(r -> r.concurrentTurns(1))
                .start();
        Turn later = test.session("later").send(Input.text("Later").after(Duration.ofSeconds(5)));
        Turn first = test.session("long").send("Now");
        test.tick(Duration.ofSeconds(11));
        assertThat(first.await(Duration.ZERO)).isPresent();
        test.tick(Duration.ofSeconds(11));
        assertThat(later.await(Duration.ZERO)).isPresent();
    }

    /** Whatever comes first: the look at what is driven, or the drive. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void l08_aTurnThatBeginsWithItsRuntimeKeepsItsLease(long seed) {
        var store = new MemoryStorage();
        var model = ScriptedModel.of(says("Late.").after(Duration.ofMinutes(5)));
        var agent = Agent.named("test").model(model).build();
        test = TestTurnbuckle.setup()
                .agents(agent)
                .seed(seed)
                .storage(() -> store)
                .runtime(r -> r.leaseTtl(Duration.ofSeconds(20)))
                .start();
        Turn turn = test.session("s").send("Hello");
        test.restart();
        assertThat(test.session("s").turn(turn.id()).await().text()).isEqualTo("Late.");
        assertThat(model.requests()).hasSize(1);
    }

    /** One operation of the store is answered so, as if another node had taken the session over. */
    private static Storage answering(MemoryStorage store, String part, String operation, Object answer) {
        return proxy(Storage.class, (proxy, method, arguments) -> {
            Object own = method.invoke(store, arguments);
            return method.getName().equals(part)
                    ? proxy(
                            method.getReturnType(),
                            (p, m, a) -> m.getName().equals(operation) ? answer : m.invoke(own, a))
                    : own;
        });
    }

    private void requireTakenBack(Storage storage, Step step) {
        var agent = Agent.named("test")
                .model(ScriptedModel.of(step, says("Done.")))
                .tool(Tool.once("pay", "Pays", In.class, in -> "paid").needsApproval(In.class, in -> true))
                .build();
        test = TestTurnbuckle.setup().agents(agent).storage(() -> storage).start();
        test.session("s").send("Pay.");
        try (var events = test.session("s").events()) {
            test.tick(MOMENT);
            assertThat(events.next(Duration.ZERO)).isPresent();
        }
        assertThat(test.session("s").observe().open()).isEmpty();
    }

    @Test
    void o18_whoLostItsLeaseBeforeItCouldSuspendTakesBackWhatItShowed() {
        var lost = new Turns.Suspension.LeaseLost("superseded");
        requireTakenBack(
                answering(new MemoryStorage(), "turns", "suspend", lost),
                says("Let me pay.").and(calls("pay", ANY)));
    }

    @Test
    void o18_whoLostItsLeaseBeforeItCouldCommitTakesBackWhatItShowed() {
        var lost = new CommitResult.LeaseLost("superseded");
        requireTakenBack(answering(new MemoryStorage(), "sessions", "commit", lost), says("Let me think."));
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
