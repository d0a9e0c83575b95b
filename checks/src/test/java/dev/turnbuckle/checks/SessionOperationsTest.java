package dev.turnbuckle.checks;

import static dev.turnbuckle.testkit.ScriptedModel.calls;
import static dev.turnbuckle.testkit.ScriptedModel.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.RunResult;
import dev.turnbuckle.Session;
import dev.turnbuckle.Turn;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Command;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.MoveResult;
import dev.turnbuckle.session.PageRequest;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.SessionSummary.Metadata;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.testkit.ScriptedModel;
import dev.turnbuckle.testkit.TestTurnbuckle;
import dev.turnbuckle.tool.StateKey;
import dev.turnbuckle.tool.Tool;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;

/** What is done to a session beside asking it: commands, moves of its head, drives by hand. */
@Timeout(30)
class SessionOperationsTest {
    record In(String text) {}

    record Count(int value) {}

    private static final StateKey<Count> COUNT = new StateKey<>("count", 1, Count.class, () -> new Count(0));

    /** Says how many messages it sees, and the last one. */
    private static final class Echo implements Model {
        @Override
        public ModelSpec spec() {
            return ModelSpec.named("echo");
        }

        @Override
        public void stream(ModelRequest request, Consumer<ModelEvent> events) {
            String said = request.messages().size() + " "
                    + request.messages().getLast().text();
            events.accept(new ModelEvent.Completed(List.of(new Part.Text(said)), Usage.NONE, "stop"));
        }
    }

    private static Agent.Builder echo() {
        return Agent.named("test").model(new Echo());
    }

    private static List<String> texts(Session session) {
        return session.view().entries().stream().map(e -> e.message().text()).toList();
    }

    @Test
    void q01_aCommandTakesItsPlaceBetweenInputsAndIsNoTextForTheModel() {
        try (var test = TestTurnbuckle.with(echo().build())) {
            Session session = test.session("s");
            assertThat(session.ask("one")).isEqualTo("1 one");
            Turn over = session.command(new Command.StartOver());
            Turn next = session.send("two");
            assertThat(next.await().text()).isEqualTo("1 two");
            assertThat(over.await()).isInstanceOf(TurnOutcome.Answered.class);
            assertThat(texts(session)).containsExactly("two", "1 two");
            assertThat(session.view().revision()).isEqualTo(3);
        }
    }

    @Test
    void q01_aCommandDescribesTheSession() {
        try (var test = TestTurnbuckle.with(echo().build())) {
            var metadata = new Metadata("Trip", null, null, null, null, Map.of("tenant", "acme"));
            test.session("s").command(new Command.Describe(metadata)).await();
            assertThat(test.sessions()
                            .list(PageRequest.first(10))
                            .items()
                            .getFirst()
                            .metadata())
                    .isEqualTo(metadata);
            assertThat(test.session("s").ask("one")).isEqualTo("1 one");
        }
    }

    @Test
    void q01_whatTheSenderSaysOfAnInputIsInTheLogContextOfModelAndTools() {
        var seen = new ConcurrentHashMap<String, String>();
        Tool look = Tool.read("look", "Looks", In.class, in -> {
            seen.putAll(MDC.getCopyOfContextMap());
            return "seen";
        });
        var agent = Agent.named("test")
                .model(ScriptedModel.of(calls("look", new In("x")), says("Done.")))
                .tool(look);
        try (var test = TestTurnbuckle.with(agent.build())) {
            test.session("s").send(Input.text("Look").context("tenant", "acme")).await();
            assertThat(seen)
                    .containsEntry("turnbuckle.session", "s")
                    .containsEntry("turnbuckle.context.tenant", "acme");
            assertThat(MDC.get("turnbuckle.context.tenant")).isNull();
        }
    }

    @Test
    void t07_messagesFromElsewhereAreAppendedAndTheModelSeesThem() {
        try (var test = TestTurnbuckle.with(echo().build())) {
            Session session = test.session("s");
            assertThat(session.append(List.of(
                            Message.user("Hello"),
                            Message.of(Message.Role.ASSISTANT, List.of(new Part.Text("How can I help?"))))))
                    .isEqualTo(new MoveResult.Moved(1));
            assertThat(session.ask("With this")).isEqualTo("3 With this");
        }
    }

    @Test
    void t07_whatNoVendorWouldTakeIsNotAppended() {
        try (var test = TestTurnbuckle.with(echo().build())) {
            Session session = test.session("s");
            var call = Message.of(Message.Role.ASSISTANT, List.of(new Part.ToolCall("c-1", "look", "{}")));
            var result = Message.of(Message.Role.TOOL, List.of(new Part.ToolResult("c-1", "look", "seen", false)));
            assertThatThrownBy(() -> session.append(List.of(call)))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("[c-1]");
            assertThatThrownBy(() -> session.append(List.of(result))).hasMessageContaining("\"c-1\"");
            assertThatThrownBy(() -> session.append(List.of())).hasMessageContaining("nothing");
            assertThat(session.append(List.of(call, result))).isEqualTo(new MoveResult.Moved(1));
        }
    }

    @Test
    void t07_startingOverForgetsStateAndIsRefusedWhileATurnIsOpen() {
        Tool count = Tool.read("count", "Counts", In.class, (in, call) -> {
            call.update(COUNT, c -> new Count(c.value() + 1));
            return "count " + call.state(COUNT).value();
        });
        Tool pay = Tool.once("pay", "Pays", In.class, in -> "paid").needsApproval(In.class, in -> true);
        var model = ScriptedModel.of(calls("count", new In("x")), calls("pay", new In("x")), says("Done."));
        try (var test = TestTurnbuckle.with(
                Agent.named("test").model(model).tool(count).tool(pay).build())) {
            Session session = test.session("s");
            for (int i = 1; i <= 2; i++) {
                Turn turn = session.send("Go");
                assertThat(turn.await()).isInstanceOf(TurnOutcome.Suspended.class);
                assertThat(session.startOver()).isEqualTo(new MoveResult.TurnOpen(turn.id()));
                test.waits().approve(test.waits().open().getFirst().id(), "alice");
                assertThat(turn.await().text()).isEqualTo("Done.");
                assertThat(session.view().entries().toString())
                        .contains("count 1")
                        .doesNotContain("count 2");
                assertThat(session.startOver()).isEqualTo(new MoveResult.Moved(2L * i));
            }
        }
    }

    @Test
    void t01_whatWasSentWhileNobodyAnsweredIsOneTurnThatBothSendersHear() {
        try (var test = TestTurnbuckle.with(echo().mergeInputs().build())) {
            Session session = test.session("s");
            Turn first = session.send("one");
            Turn second = session.send("two");
            assertThat(second.await().text()).isEqualTo("2 two");
            assertThat(first.await().text()).isEqualTo("2 two");
            assertThat(session.view().revision()).isEqualTo(1);
            assertThat(session.inbox(true)).extracting(i -> i.status().turn()).containsExactly(first.id(), first.id());
        }
    }

    @Test
    void t01_byDefaultOneInputIsOneTurn() {
        try (var test = TestTurnbuckle.with(echo().build())) {
            Turn first = test.session("s").send("one");
            assertThat(test.session("s").send("two").await().text()).isEqualTo("3 two");
            assertThat(first.await().text()).isEqualTo("1 one");
        }
    }

    @Test
    void q11_aHostThatDrivesItselfRunsWhatIsDue() {
        var setup = TestTurnbuckle.setup().agents(echo().build()).runtime(r -> r.manual());
        try (var test = setup.start()) {
            Turn now = test.session("a").send("now");
            Turn later = test.session("b").send(Input.text("later").after(Duration.ofHours(1)));
            test.tick(Duration.ofMinutes(30));
            assertThat(now.await(Duration.ZERO)).isEmpty();
            assertThat(test.turnbuckle().runDue()).isEqualTo(1);
            assertThat(now.await().text()).isEqualTo("1 now");
            assertThat(test.turnbuckle().runDue()).isZero();
            test.tick(Duration.ofMinutes(31));
            assertThat(test.turnbuckle().runDue()).isEqualTo(1);
            assertThat(later.await().text()).isEqualTo("1 later");
        }
    }

    @Test
    void q11_aNamedInputIsRunWithWhatIsBeforeItAndNothingBehind() {
        var setup = TestTurnbuckle.setup().agents(echo().build()).runtime(r -> r.manual());
        try (var test = setup.start()) {
            Session session = test.session("s");
            Turn first = session.send("one");
            Turn second = session.send("two");
            Turn third = session.send("three");
            assertThat(test.turnbuckle().run(second)).isEqualTo(new RunResult.Driven());
            assertThat(first.await(Duration.ZERO)).isPresent();
            assertThat(second.await(Duration.ZERO)).isPresent();
            assertThat(third.await(Duration.ZERO)).isEmpty();
            assertThat(session.inbox(false)).extracting(InboxItem::turn).containsExactly(third.id());
            assertThat(test.turnbuckle().run(third)).isEqualTo(new RunResult.Driven());
            assertThat(test.turnbuckle().run(third)).isEqualTo(new RunResult.Nothing(Turns.EmptyReason.NOTHING, null));
        }
    }

    @Test
    void q11_aNamedInputThatJoinedAnotherOnesTurnIsRunWithNothingBehind() {
        var setup = TestTurnbuckle.setup().agents(echo().mergeInputs().build()).runtime(r -> r.manual());
        try (var test = setup.start()) {
            Session session = test.session("s");
            session.send("one");
            Turn second = session.send("two");
            Turn third = session.send(Input.text("three").context("tenant", "another"));
            assertThat(test.turnbuckle().run(second)).isEqualTo(new RunResult.Driven());
            assertThat(second.await(Duration.ZERO)).isPresent();
            assertThat(third.await(Duration.ZERO)).isEmpty();
            assertThat(session.inbox(false)).extracting(InboxItem::turn).containsExactly(third.id());
        }
    }

    @Test
    void q14_aTurnThatFailedAgainAndAgainIsRetriedByHand() {
        var broken = new ConcurrentHashMap<String, Boolean>(Map.of("broken", true));
        Model model = new Model() {
            @Override
            public ModelSpec spec() {
                if (broken.containsKey("broken")) {
                    throw new IllegalStateException("broken wiring");
                }
                return ModelSpec.named("echo");
            }

            @Override
            public void stream(ModelRequest request, Consumer<ModelEvent> events) {
                new Echo().stream(request, events);
            }
        };
        try (var test = TestTurnbuckle.with(Agent.named("test").model(model).build())) {
            Session session = test.session("s");
            Turn dead = session.send("Hello");
            assertThat(dead.await()).isInstanceOf(TurnOutcome.Failed.class);
            broken.clear();
            Turn again = session.retry(dead.id(), "alice");
            assertThat(again.await().text()).endsWith("Hello");
            assertThatThrownBy(() -> session.retry(dead.id(), "alice"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("is cancelled");
            assertThatThrownBy(() -> session.drop(again.id(), "alice")).hasMessageContaining("is applied");
        }
    }
}
