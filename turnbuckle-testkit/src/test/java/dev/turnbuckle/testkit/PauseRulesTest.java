package dev.turnbuckle.testkit;

import static dev.turnbuckle.testkit.ScriptedModel.calls;
import static dev.turnbuckle.testkit.ScriptedModel.fails;
import static dev.turnbuckle.testkit.ScriptedModel.says;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.Turn;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.agent.Budget;
import dev.turnbuckle.memory.MemoryStorage;
import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.tool.Tool;
import dev.turnbuckle.tool.ToolSpec;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What ends the pause between two attempts of an effect. */
@Timeout(30)
class PauseRulesTest {
    record In(String text) {}

    private static final Duration PAUSE = Duration.ofSeconds(30);
    private static final ModelFailure BUSY =
            new ModelFailure(ModelFailure.Kind.RATE_LIMIT, "come back later", PAUSE, null);

    private final MemoryStorage storage = new MemoryStorage();

    private TestTurnbuckle start(Agent agent) {
        return TestTurnbuckle.setup().agents(agent).storage(() -> storage).start();
    }

    private static Duration during(TestTurnbuckle test, Runnable work) {
        long begun = test.environment().nanos();
        work.run();
        return Duration.ofNanos(test.environment().nanos() - begun);
    }

    @Test
    void j19_theWallClockEndsThePauseBeforeAModelIsAskedAgain() {
        var agent = Agent.named("test")
                .model(ScriptedModel.of(fails(BUSY)))
                .budget(Budget.DEFAULT.wallClock(Duration.ofSeconds(10)))
                .build();
        try (var test = start(agent)) {
            Turn turn = test.session("s").send("Hello");
            Duration took = during(
                    test,
                    () -> assertThat(turn.await())
                            .isInstanceOfSatisfying(
                                    TurnOutcome.BudgetExhausted.class,
                                    o -> assertThat(o.bound()).contains("wall clock")));
            assertThat(took).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));
        }
    }

    @Test
    void t12_aNodeThatDrainsDoesNotWaitUntilAModelIsAskedAgain() {
        var model = ScriptedModel.of(fails(BUSY), says("Hi."));
        try (var test = start(Agent.named("test").model(model).build())) {
            Turn turn = test.session("s").send("Hello");
            test.tick(Duration.ofSeconds(1));
            assertThat(during(test, test::restart)).isLessThan(Duration.ofSeconds(1));
            assertThat(storage.turns().find("s", turn.id()).orElseThrow().lastError())
                    .isNull();
            assertThat(test.session("s").turn(turn.id()).await().text()).isEqualTo("Hi.");
        }
        assertThat(model.requests()).hasSize(2);
    }

    @Test
    void t12_aNodeThatDrainsDoesNotWaitUntilAToolIsTriedAgain() {
        var calls = new AtomicInteger();
        Tool tool = Tool.read("look", "Looks", In.class, in -> {
                    if (calls.incrementAndGet() == 1) {
                        throw new IllegalStateException("not yet");
                    }
                    return "seen";
                })
                .limits(ToolSpec.Limits.DEFAULT.retries(2, PAUSE));
        var model = ScriptedModel.of(calls("look", new In("any")), says("Seen."));
        try (var test = start(Agent.named("test").model(model).tool(tool).build())) {
            Turn turn = test.session("s").send("Look");
            test.tick(Duration.ofSeconds(1));
            assertThat(during(test, test::restart)).isLessThan(Duration.ofSeconds(1));
            assertThat(test.session("s").turn(turn.id()).await().text()).isEqualTo("Seen.");
        }
        assertThat(calls).hasValue(2);
    }
}
