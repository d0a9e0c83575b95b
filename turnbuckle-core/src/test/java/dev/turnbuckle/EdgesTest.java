package dev.turnbuckle;

import static dev.turnbuckle.StubModel.call;
import static dev.turnbuckle.StubModel.calls;
import static dev.turnbuckle.StubModel.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.agent.Budget;
import dev.turnbuckle.env.Probe;
import dev.turnbuckle.error.ClosedException;
import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.error.SessionDeletedException;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.live.SessionEvent;
import dev.turnbuckle.memory.MemoryStorage;
import dev.turnbuckle.session.TurnOutcome.BudgetExhausted;
import dev.turnbuckle.session.TurnOutcome.Cancelled;
import dev.turnbuckle.session.TurnOutcome.Suspended;
import dev.turnbuckle.store.Claimant;
import dev.turnbuckle.store.Scope;
import dev.turnbuckle.tool.EffectClass;
import dev.turnbuckle.tool.Tool;
import dev.turnbuckle.tool.ToolMethod;
import dev.turnbuckle.tool.ToolSpec;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an audit of the rules found missing; each failed before it was mended. */
@Timeout(30)
class EdgesTest {
    record Query(String text) {}

    private static Agent.Builder agent(StubModel model) {
        return Agent.named("test").model(model);
    }

    private static Turnbuckle with(Agent agent) {
        return Turnbuckle.builder().agent(agent).build();
    }

    @Test
    void t10_aCancelEndsThePauseBetweenTwoTriesOfATool() throws Exception {
        var tried = new CountDownLatch(1);
        Agent agent = agent(new StubModel(calls(call("a", "flaky", new Query("x")))))
                .tool(Tool.read("flaky", "", Query.class, q -> {
                            tried.countDown();
                            throw new java.io.IOException("busy");
                        })
                        .retries(3, Duration.ofMinutes(5)))
                .build();
        try (var turnbuckle = with(agent)) {
            Turn turn = turnbuckle.session("s").send("go");
            tried.await();
            turn.cancel("stop");
            assertThat(turn.await(Duration.ofSeconds(10)).orElseThrow()).isInstanceOf(Cancelled.class);
        }
    }

    @Test
    void t10_aCancelReachesATurnThatWaitsForAPlaceAtATool() throws Exception {
        var inside = new CountDownLatch(1);
        var leave = new CountDownLatch(1);
        var one = new ToolSpec.Limits(Duration.ofMinutes(2), 1_000, 1, 1, Duration.ZERO, Duration.ofDays(1), null);
        StubModel.Answer asks = calls(call("a", "narrow", new Query("x")));
        Agent agent = agent(new StubModel(asks, says("done")))
                .tool(Tool.read("narrow", "", Query.class, q -> {
                            inside.countDown();
                            leave.await();
                            return "out";
                        })
                        .limits(one))
                .build();
        try (var turnbuckle = with(agent)) {
            Turn first = turnbuckle.session("first").send("go");
            inside.await();
            Turn second = turnbuckle.session("second").send("go");
            second.cancel("stop");
            assertThat(second.await(Duration.ofSeconds(10)).orElseThrow()).isInstanceOf(Cancelled.class);
            leave.countDown();
            assertThat(first.await().text()).isEqualTo("done");
        }
    }

    @Test
    void t08_aCancelBetweenTheStartAndTheDriveIsHeard() throws Exception {
        var started = new CountDownLatch(1);
        var cancelled = new CountDownLatch(1);
        Probe probe = seam -> {
            if (seam.equals("after Turns.start") && started.getCount() > 0) {
                started.countDown();
                awaitQuietly(cancelled);
            }
        };
        Agent agent = agent(new StubModel((request, events) -> {
                    new CountDownLatch(1).await();
                    throw new IllegalStateException("nobody opens it");
                }))
                .build();
        try (var turnbuckle = Turnbuckle.builder().agent(agent).probe(probe).build()) {
            Turn turn = turnbuckle.session("s").send("go");
            started.await();
            turn.cancel("stop");
            cancelled.countDown();
            assertThat(turn.await(Duration.ofSeconds(10)).orElseThrow()).isInstanceOf(Cancelled.class);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void j15_aTurnThatWasCancelledWaitsForNothingAnyMore() {
        Agent agent = agent(new StubModel(calls(call("a", "pay", new Query("x"))), says("ok")))
                .tool(Tool.once("pay", "", Query.class, q -> "paid").needsApproval(Query.class, q -> true))
                .build();
        try (var turnbuckle = with(agent)) {
            Session session = turnbuckle.session("s");
            Turn turn = session.send("go");
            var wait = ((Suspended) turn.await()).waits().getFirst().id();
            turn.cancel("no");
            assertThat(turn.await()).isInstanceOf(Cancelled.class);
            assertThat(turnbuckle.waits().open()).isEmpty();
            assertThat(turnbuckle.waits().approve(wait, "alice").first()).isFalse();
        }
    }

    @Test
    void j18_cancellingTheWaitsOfASessionLetsItsTurnGoOn() {
        Agent agent = agent(new StubModel(calls(call("a", "pay", new Query("x"))), says("Not paid.")))
                .tool(Tool.once("pay", "", Query.class, q -> "paid").needsApproval(Query.class, q -> true))
                .build();
        try (var turnbuckle = with(agent)) {
            Session session = turnbuckle.session("s");
            Turn turn = session.send("go");
            assertThat(turn.await()).isInstanceOf(Suspended.class);
            assertThat(session.cancelWaits("operator")).isEqualTo(1);
            assertThat(turn.await(Duration.ofSeconds(10)).orElseThrow().text()).isEqualTo("Not paid.");
        }
    }

    @Test
    void j19_theWallClockEndsAModelThatHangs() {
        var hangs = new StubModel((request, events) -> new CountDownLatch(1).await());
        Agent agent = agent(hangs)
                .budget(Budget.DEFAULT.wallClock(Duration.ofMillis(100)))
                .build();
        try (var turnbuckle = with(agent)) {
            var outcome = (BudgetExhausted) turnbuckle.session("s").send("go").await();
            assertThat(outcome.bound()).isEqualTo("wall clock PT0.1S");
        }
    }

    @Test
    void s04_aDeletedSessionIsNotLeased() {
        var storage = new MemoryStorage();
        storage.open(dev.turnbuckle.env.Environment.system());
        storage.sessions().create("s", "test", dev.turnbuckle.session.SessionSummary.Metadata.NONE);
        storage.sessions().delete("s");
        assertThatThrownBy(() -> storage.leases()
                        .acquire(Scope.session("s"), new Claimant("w", "i", "t"), Duration.ofSeconds(30)))
                .isInstanceOf(SessionDeletedException.class);
    }

    @Test
    void o01_aCursorIsOneStringWhereverItStandsInJson() {
        try (var turnbuckle = with(agent(new StubModel(says("x"))).build())) {
            Session session = turnbuckle.session("s");
            session.ask("go");
            try (Events events = session.events(new Cursor("elsewhere", 0, 9, "s"))) {
                SessionEvent gap = events.next(Duration.ofSeconds(5)).orElseThrow();
                assertThat(gap.activity()).isInstanceOf(Activity.Gap.class);
                assertThat(gap.json())
                        .contains("\"observation\":{", "\"cursor\":\"tbc1:")
                        .doesNotContain("\"incarnation\"");
            }
        }
    }

    @Test
    void j07_progressIsRedactedToo() throws Exception {
        var seen = new StringBuilder();
        Agent agent = agent(new StubModel(calls(call("a", "look", new Query("x"))), says("ok")))
                .tool(Tool.read("look", "", Query.class, (q, ctx) -> {
                    ctx.progress("using sk-77");
                    return "done";
                }))
                .redact(java.util.regex.Pattern.compile("sk-[0-9]+"), "[key]")
                .build();
        try (var turnbuckle = with(agent)) {
            Turn turn = turnbuckle.session("s").send("go");
            try (Events events = turn.events()) {
                events.forEach(e -> seen.append(e.json()));
            }
        }
        assertThat(seen).contains("using [key]").doesNotContain("sk-77");
    }

    @Test
    void afterCloseNothingIsAccepted() {
        var turnbuckle = with(agent(new StubModel(says("x"))).build());
        Session session = turnbuckle.session("s");
        turnbuckle.close();
        assertThatThrownBy(() -> session.send("go")).isInstanceOf(ClosedException.class);
    }

    @Test
    void whereNobodyWouldAnswerTheInputIsRefused() {
        try (var frontEnd = Turnbuckle.builder().build()) {
            assertThatThrownBy(() -> frontEnd.session("s").send("go"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("name the one that it shall run");
        }
        try (var frontEnd = Turnbuckle.builder().remoteAgent("support").build()) {
            assertThat(frontEnd.session("s").send("go").await(Duration.ZERO)).isEmpty();
        }
    }

    @Test
    void aSessionIsAddressedWithoutItsAgentWhenThereAreSeveral() {
        var storage = new MemoryStorage();
        try (var turnbuckle = Turnbuckle.builder()
                .storage(storage)
                .agent(Agent.named("one")
                        .model(new StubModel(says("1"), says("again")))
                        .build())
                .agent(Agent.named("two").model(new StubModel(says("2"))).build())
                .build()) {
            turnbuckle.session("s", "one").ask("go");
            assertThat(turnbuckle.session("s").ask("more")).isEqualTo("again");
            assertThat(turnbuckle.session("s").view().revision()).isEqualTo(2);
            assertThatThrownBy(() -> turnbuckle.session("new").send("go")).isInstanceOf(InvalidInputException.class);
        }
    }

    static class Bean {
        final AtomicInteger calls = new AtomicInteger();

        @ToolMethod(value = "Counts", effect = EffectClass.IDEMPOTENT)
        String count(int by) {
            return "now " + calls.addAndGet(by);
        }
    }

    @Test
    void aToolMethodNeedsNotBePublic() {
        var bean = new Bean();
        Agent agent = agent(new StubModel(calls(call("a", "count", "{\"by\":3}")), says("ok")))
                .tools(bean)
                .build();
        try (var turnbuckle = with(agent)) {
            turnbuckle.session("s").ask("go");
            assertThat(bean.calls).hasValue(3);
        }
    }

    @Test
    void q05_aSteerThatWasClaimedButNotTakenWhenTheTurnIsCancelledOpensItsOwn() {
        var turn = new java.util.concurrent.atomic.AtomicReference<Turn>();
        var steer = new java.util.concurrent.atomic.AtomicReference<Steer>();
        var failed = new java.util.concurrent.atomic.AtomicBoolean();
        Agent agent = agent(new StubModel(calls(call("a", "look", new Query("x"))), says("by train")))
                .tool(Tool.read("look", "", Query.class, q -> {
                    steer.set(turn.get().steer("Only trains."));
                    return "seen";
                }))
                .build();
        try (var turnbuckle = Turnbuckle.builder()
                .agent(agent)
                .probe(seam -> {
                    if (seam.equals("before model/2") && failed.compareAndSet(false, true)) {
                        turn.get().cancel("stop");
                        throw new IllegalStateException("the drive fails after the claim, before its record");
                    }
                })
                .build()) {
            Session session = turnbuckle.session("s");
            turn.set(session.send(dev.turnbuckle.session.Input.text("Plan.").after(Duration.ofMillis(50))));
            assertThat(turn.get().await()).isInstanceOf(Cancelled.class);
            assertThat(session.turn(steer.get().id()).await().text()).isEqualTo("by train");
            assertThat(session.view().entries())
                    .extracting(e -> e.message().text())
                    .contains("Only trains.");
        }
    }
}
