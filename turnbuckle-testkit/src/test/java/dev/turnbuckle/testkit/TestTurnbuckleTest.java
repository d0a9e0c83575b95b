package dev.turnbuckle.testkit;

import static dev.turnbuckle.testkit.ScriptedModel.call;
import static dev.turnbuckle.testkit.ScriptedModel.calls;
import static dev.turnbuckle.testkit.ScriptedModel.callsAll;
import static dev.turnbuckle.testkit.ScriptedModel.fails;
import static dev.turnbuckle.testkit.ScriptedModel.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.Turn;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.TurnOutcome.Suspended;
import dev.turnbuckle.tool.Tool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TestTurnbuckleTest {
    record Refund(String order, long cents) {}

    private final List<String> paid = new ArrayList<>();

    private Agent support(ScriptedModel model) {
        return Agent.named("support")
                .model(model)
                .tool(Tool.once("refund", "Refund an order", Refund.class, r -> paid.add(r.order()))
                        .needsApproval(Refund.class, r -> r.cents() > 10_000))
                .build();
    }

    /** Program 10. */
    @Test
    void aLargeRefundWaitsForAPersonAndIsPaidOnce() {
        var model = ScriptedModel.of(calls("refund", new Refund("A-17", 12_000)), says("Done."));
        try (var test = TestTurnbuckle.with(support(model))) {
            Turn turn = test.session("c-1").send("Refund A-17");
            var asked = (Suspended) turn.await();

            test.tick(Duration.ofDays(3));
            test.restart(); // storage lives on, everything else is new
            test.waits().approve(asked.waits().getFirst().id(), "alice");

            assertThat(test.session("c-1").turn(turn.id()).await().text()).isEqualTo("Done.");
            assertThat(paid).containsExactly("A-17");
        }
    }

    @Test
    void anAnswerIsAnAnswer() {
        try (var test = TestTurnbuckle.with(support(ScriptedModel.of(says("Good day."))))) {
            assertThat(test.session("c-1").ask("Hello")).isEqualTo("Good day.");
        }
    }

    @Test
    void aCrashWhileTheModelStreamsAsksItAgainInTheNextProcess() {
        var model = ScriptedModel.of(
                calls("refund", new Refund("A-17", 100)),
                says("one two three four").after(Duration.ofSeconds(5)).pausing(Duration.ofSeconds(5)));
        try (var test = TestTurnbuckle.with(support(model))) {
            Turn turn = test.session("c-1").send("Refund A-17");
            test.tick(Duration.ofSeconds(12));
            test.crash();
            assertThat(test.session("c-1").turn(turn.id()).await().text()).isEqualTo("one two three four");
            assertThat(paid).containsExactly("A-17");
            assertThat(model.requests()).hasSize(3);
        }
    }

    @Test
    void aCrashRightAfterSendLosesNothing() {
        try (var test = TestTurnbuckle.with(support(ScriptedModel.of(says("Good day."))))) {
            Turn turn = test.session("c-1").send("Hello");
            test.crash();
            assertThatThrownBy(turn::await).isInstanceOf(ProcessKilled.class);
            assertThat(test.session("c-1").turn(turn.id()).await().text()).isEqualTo("Good day.");
        }
    }

    @Test
    void aModelThatIsBusyIsAskedAgainAfterAPause() {
        var model = ScriptedModel.of(fails(ModelFailure.Kind.RATE_LIMIT, "slow down"), says("Now."));
        try (var test = TestTurnbuckle.with(support(model))) {
            assertThat(test.session("c-1").ask("Hello")).isEqualTo("Now.");
            assertThat(test.environment().now()).isAfter(TestEnvironment.BEGINNING);
        }
    }

    @Test
    void askingForMoreThanIsScriptedFailsTheTest() {
        var test = TestTurnbuckle.with(support(ScriptedModel.of(says("One."))));
        test.session("c-1").ask("First");
        assertThat(test.session("c-1").send("Second").await()).isInstanceOf(TurnOutcome.Failed.class);
        assertThatThrownBy(test::close).isInstanceOf(AssertionError.class).hasMessageContaining("\"Second\"");
    }

    @Test
    void theSameSeedIsTheSameRun() {
        List<String> first = trace(3);
        assertThat(trace(3)).isEqualTo(first);
        assertThat(trace(4)).isNotEqualTo(first);
    }

    private List<String> trace(long seed) {
        var model = ScriptedModel.of(
                callsAll(call("refund", new Refund("A", 1)), call("refund", new Refund("B", 2))), says("Done."));
        try (var test = TestTurnbuckle.setup().agents(support(model)).seed(seed).start()) {
            for (int i = 0; i < 5; i++) {
                test.session("c-" + i).send("Refund both");
            }
            test.tick(Duration.ofMinutes(1));
            return test.environment().trace();
        }
    }
}
