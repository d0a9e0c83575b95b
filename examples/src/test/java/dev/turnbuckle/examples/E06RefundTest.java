package dev.turnbuckle.examples;

import static dev.turnbuckle.testkit.ScriptedModel.calls;
import static dev.turnbuckle.testkit.ScriptedModel.says;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.Turn;
import dev.turnbuckle.session.TurnOutcome.Suspended;
import dev.turnbuckle.testkit.ScriptedModel;
import dev.turnbuckle.testkit.TestTurnbuckle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A test of an agent: three days and a restart, in milliseconds. */
class E06RefundTest {
    // docs:test
    final List<String> paid = new ArrayList<>();

    @Test
    void aLargeRefundWaitsForAPersonAndIsPaidOnce() {
        var model = ScriptedModel.of(calls("refund", new E05Approval.Refund("A-17", 12_000)), says("Done."));
        var support = E05Approval.support(model, (order, cents, key) -> {
            paid.add(order);
            return "ok";
        });
        try (var test = TestTurnbuckle.with(support)) {
            Turn turn = test.session("c-1").send("Refund A-17");
            var asked = (Suspended) turn.await();

            test.tick(Duration.ofDays(3)); // nobody sleeps: time is virtual
            test.restart(); // storage lives on, everything else is new
            test.waits().approve(asked.waits().getFirst().id(), "alice");

            assertThat(test.session("c-1").turn(turn.id()).await().text()).isEqualTo("Done.");
            assertThat(paid).containsExactly("A-17");
        }
    }
    // docs:end
}
