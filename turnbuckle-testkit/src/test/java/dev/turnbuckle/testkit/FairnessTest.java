package dev.turnbuckle.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.env.Environment;
import dev.turnbuckle.memory.MemoryStorage;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.tool.Tool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Q18: who gets a place when there are more sessions than places. Each turn takes a second; there is one place. */
@Timeout(30)
class FairnessTest {
    private static final Duration TURN = Duration.ofSeconds(1);

    record In(String text) {}

    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

    /** Takes its time, and remembers what it was asked. */
    private final class Slow implements Model {
        private Environment environment = Environment.system();

        @Override
        public ModelSpec spec() {
            return ScriptedModel.of().spec();
        }

        @Override
        public void stream(ModelRequest request, Consumer<ModelEvent> events) throws InterruptedException {
            asked.add(request.messages().getLast().text());
            environment.sleep(TURN);
            ScriptedModel.of(ScriptedModel.says("Yes.")).stream(request, events);
        }
    }

    private final Slow slow = new Slow();

    private TestTurnbuckle start(UnaryOperator<Turnbuckle.Builder> options) {
        TestTurnbuckle test = TestTurnbuckle.setup()
                .agents(Agent.named("test").model(slow).build())
                .runtime(r -> options.apply(r.concurrentTurns(1)))
                .start();
        slow.environment = test.environment();
        return test;
    }

    private static void send(TestTurnbuckle test, String tenant, String session, String... texts) {
        for (String text : texts) {
            test.session(session).send(Input.text(text).context("tenant", tenant));
            test.tick(Duration.ofMillis(1));
        }
    }

    private void run(TestTurnbuckle test, int turns) {
        for (int i = 0; i < turns; i++) {
            test.tick(TURN);
        }
    }

    @Test
    void q18_aSessionWithMuchToDoGivesItsPlaceBackAfterEachTurn() {
        try (var test = start(r -> r)) {
            send(test, "x", "a", "a1", "a2", "a3");
            send(test, "x", "b", "b1", "b2");
            send(test, "x", "c", "c1");
            run(test, 6);
            assertThat(asked).containsExactly("a1", "b1", "c1", "a2", "b2", "a3");
        }
    }

    @Test
    void q18_placesGoRoundAmongTheValuesOfTheContext() {
        try (var test = start(r -> r.fairBy("tenant"))) {
            send(test, "big", "busy", "busy");
            for (int i = 1; i <= 100; i++) {
                send(test, "big", "big-" + i, "big " + i);
            }
            send(test, "small", "small-1", "small 1");
            send(test, "small", "small-2", "small 2");
            test.session("none").send("none");
            run(test, 9);
            assertThat(asked.subList(0, 8))
                    .containsExactly("busy", "none", "big 1", "small 1", "big 2", "big 3", "small 2", "big 4");
            run(test, 97);
            assertThat(asked).hasSize(104).doesNotHaveDuplicates();
        }
    }

    @Test
    void q18_whatAToolSendsTakesTheShareOfTheTurnUnlessItSaysOtherwise() throws InterruptedException {
        Tool tell = Tool.once("tell", "Tells other sessions", In.class, (in, ctx) -> {
            ctx.send("other", Input.text("told").context("tenant", "b"));
            ctx.send("third", Input.text("told"));
            return "told";
        });
        var model = ScriptedModel.of(ScriptedModel.calls("tell", new In("x")), ScriptedModel.says("Done."));
        var storage = new MemoryStorage();
        try (var test = TestTurnbuckle.setup()
                .storage(() -> storage)
                .agents(Agent.named("test").model(model).tool(tell).build())
                .runtime(r -> r.fairBy("tenant").manual())
                .start()) {
            var turn = test.session("s").send(Input.text("Tell").context("tenant", "a"));
            assertThat(storage.inbox().dueByShare(Set.of("test"), Duration.ZERO, "", 10, 10))
                    .containsExactly(new Inbox.Share("=a", List.of("s")));
            test.turnbuckle().run(turn);
            assertThat(storage.inbox().dueByShare(Set.of("test"), Duration.ZERO, "", 10, 10))
                    .containsExactly(new Inbox.Share("=a", List.of("third")), new Inbox.Share("=b", List.of("other")));
        }
    }
}
