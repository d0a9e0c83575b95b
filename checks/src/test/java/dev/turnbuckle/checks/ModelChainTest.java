package dev.turnbuckle.checks;

import static dev.turnbuckle.testkit.ScriptedModel.fails;
import static dev.turnbuckle.testkit.ScriptedModel.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.Turn;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.error.WiringException;
import dev.turnbuckle.memory.MemoryStorage;
import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.model.ModelFailure.Kind;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.testkit.ScriptedModel;
import dev.turnbuckle.testkit.TestTurnbuckle;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several models behind one agent, and what of failed tries is durable. */
@Timeout(30)
class ModelChainTest {
    private final MemoryStorage storage = new MemoryStorage();

    private TestTurnbuckle start(ScriptedModel first, ScriptedModel... others) {
        var agent = Agent.named("test").model(first, others).build();
        return TestTurnbuckle.setup().agents(agent).storage(() -> storage).start();
    }

    @Test
    void theNextModelAnswersWhenTheFirstHasNoKeyAndTheRecordSaysWho() {
        var cloud = ScriptedModel.of(fails(Kind.AUTH, "no key")).named("cloud");
        var local = ScriptedModel.of(says("Good day.").usage(10, 2)).named("local");
        try (var test = start(cloud, local)) {
            Turn turn = test.session("s").send("Hello");
            assertThat(turn.await().text()).isEqualTo("Good day.");
            String record = storage.blobs()
                    .get(storage.turns()
                            .find("s", turn.id())
                            .orElseThrow()
                            .ending()
                            .record())
                    .orElseThrow()
                    .text();
            assertThat(record).contains("\\\"model\\\":\\\"local\\\"", "no key");
        }
    }

    @Test
    void aTurnFailsWhenTheLastModelOfTheChainFails() {
        var cloud = ScriptedModel.of(fails(Kind.AUTH, "no key")).named("cloud");
        var local = ScriptedModel.of(fails(Kind.CONTEXT_OVERFLOW, "too long")).named("local");
        try (var test = start(cloud, local)) {
            assertThat(test.session("s").send("Hello").await())
                    .isInstanceOfSatisfying(TurnOutcome.Failed.class, failed -> {
                        assertThat(failed.code()).isEqualTo("model_context_overflow");
                        assertThat(failed.message()).contains("2 attempt(s)", "too long");
                    });
        }
    }

    @Test
    void whatFailsForTheRequestItselfGoesToNoOtherModel() {
        var cloud = ScriptedModel.of(fails(Kind.BAD_REQUEST, "what?")).named("cloud");
        var local = ScriptedModel.of().named("local");
        try (var test = start(cloud, local)) {
            assertThat(test.session("s").send("Hello").await()).isInstanceOf(TurnOutcome.Failed.class);
            assertThat(local.requests()).isEmpty();
        }
    }

    @Test
    void j12_aCrashBetweenTwoTriesDoesNotBeginToCountAnew() {
        var slow = new ModelFailure(Kind.RATE_LIMIT, "slow down", Duration.ofSeconds(40), null);
        var model = ScriptedModel.of(fails(slow), fails(slow), fails(slow), fails(slow))
                .named("cloud");
        try (var test = start(model)) {
            Turn turn = test.session("s").send("Hello");
            test.tick(Duration.ofSeconds(60)); // asked twice: at once, and after 40 seconds
            test.crash();
            var outcome = test.session("s").turn(turn.id()).await();
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            TurnOutcome.Failed.class,
                            failed -> assertThat(failed.message()).contains("4 attempt(s)"));
            assertThat(model.requests()).hasSize(4);
        }
    }

    @Test
    void aChainNamesAModelOnce() {
        var model = ScriptedModel.of().named("cloud");
        assertThatThrownBy(() -> Agent.named("test").model(model, model).build())
                .isInstanceOf(WiringException.class)
                .hasMessageContaining("\"cloud\" twice");
    }
}
