package dev.turnbuckle;

import static dev.turnbuckle.StubModel.call;
import static dev.turnbuckle.StubModel.calls;
import static dev.turnbuckle.StubModel.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.agent.Budget;
import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.error.NoAnswerException;
import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.SessionEvent;
import dev.turnbuckle.memory.MemoryLiveReplay;
import dev.turnbuckle.memory.MemoryStorage;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.plugin.Plugin;
import dev.turnbuckle.plugin.PromptDraft;
import dev.turnbuckle.session.CancelResult;
import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.TurnOutcome.Answered;
import dev.turnbuckle.session.TurnOutcome.BudgetExhausted;
import dev.turnbuckle.session.TurnOutcome.Cancelled;
import dev.turnbuckle.session.TurnOutcome.Failed;
import dev.turnbuckle.session.TurnOutcome.Suspended;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.tool.OnUnknown;
import dev.turnbuckle.tool.StateKey;
import dev.turnbuckle.tool.Tool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The turn from outside, on real threads and in memory. */
@Timeout(30)
class TurnTest {
    record City(String city) {}

    record Refund(String order, long cents) {}

    enum Mood {
        CALM,
        FURIOUS
    }

    record Ticket(String summary, Mood mood) {}

    private final List<String> done = Collections.synchronizedList(new ArrayList<>());

    private static Turnbuckle with(Agent agent) {
        return Turnbuckle.builder().agent(agent).build();
    }

    private static Agent.Builder agent(StubModel model) {
        return Agent.named("test").model(model);
    }

    private static List<String> texts(Session session) {
        return session.view().entries().stream()
                .map(e -> e.message().role() + " " + e.message().text())
                .toList();
    }

    private static List<Part.ToolResult> results(Session session) {
        return session.view().entries().stream()
                .flatMap(e -> e.message().parts().stream())
                .filter(Part.ToolResult.class::isInstance)
                .map(Part.ToolResult.class::cast)
                .toList();
    }

    @Test
    void anAnswerIsTheTextOfTheTurnAndTheSessionRemembersBoth() {
        try (var turnbuckle =
                with(agent(new StubModel(says("Take a coat."), says("Yes."))).build())) {
            Session session = turnbuckle.session("s");
            assertThat(session.ask("What should I wear?")).isEqualTo("Take a coat.");
            assertThat(session.ask("Really?")).isEqualTo("Yes.");
            assertThat(texts(session))
                    .containsExactly(
                            "USER What should I wear?", "ASSISTANT Take a coat.", "USER Really?", "ASSISTANT Yes.");
            assertThat(session.view().revision()).isEqualTo(2);
            assertThat(session.usage()).isEqualTo(Usage.of(20, 4));
        }
    }

    @Test
    void j11_parallelCallsAreJoinedInCallOrderWhateverEndsFirst() {
        var second = new CountDownLatch(1);
        var model = new StubModel(
                calls(call("a", "slow", new City("Oslo")), call("b", "fast", new City("Bergen"))), says("done"));
        var agent = agent(model)
                .tool(Tool.read("slow", "", City.class, c -> {
                    second.await();
                    return "slow " + c.city();
                }))
                .tool(Tool.read("fast", "", City.class, c -> {
                    second.countDown();
                    return "fast " + c.city();
                }))
                .build();
        try (var turnbuckle = with(agent)) {
            Session session = turnbuckle.session("s");
            session.ask("go");
            assertThat(results(session))
                    .containsExactly(
                            new Part.ToolResult("a", "slow", "slow Oslo", false),
                            new Part.ToolResult("b", "fast", "fast Bergen", false));
        }
    }

    @Test
    void whatIsWrongWithACallIsSaidToTheModelAndTheTurnGoesOn() {
        var model = new StubModel(
                calls(
                        call("a", "weather", "{\"town\":\"Oslo\"}"),
                        call("a", "WEATHER", "{\"city\":\"Oslo\"}"),
                        call("c", "nothing", "{}"),
                        call("d", "weather", "{not json")),
                says("ok"));
        try (var turnbuckle = with(agent(model)
                .tool(Tool.read("weather", "", City.class, c -> "rain in " + c.city()))
                .build())) {
            Session session = turnbuckle.session("s");
            assertThat(session.ask("go")).isEqualTo("ok");
            var results = results(session);
            assertThat(results.get(0).content()).contains("do not fit", "city");
            assertThat(results.get(1)).isEqualTo(new Part.ToolResult("a-2", "weather", "rain in Oslo", false));
            assertThat(results.get(2).content()).contains("no tool named \"nothing\"", "weather");
            assertThat(results.get(3).content()).contains("not valid JSON");
        }
    }

    @Test
    void j20_aToolThatThrowsHangsOrTalksTooMuchLeavesTheSessionUsable() {
        var model = new StubModel(
                calls(
                        call("a", "throws", new City("x")),
                        call("b", "hangs", new City("x")),
                        call("c", "talks", new City("x"))),
                says("ok"));
        var agent = agent(model)
                .tool(Tool.read("throws", "", City.class, c -> {
                    throw new java.io.IOException("no route");
                }))
                .tool(Tool.read("hangs", "", City.class, c -> {
                            new CountDownLatch(1).await();
                            return "";
                        })
                        .timeout(Duration.ofMillis(50)))
                .tool(Tool.read("talks", "", City.class, c -> "y".repeat(100_000) + '\uD800'))
                .build();
        try (var turnbuckle = with(agent)) {
            Session session = turnbuckle.session("s");
            assertThat(session.ask("go")).isEqualTo("ok");
            var results = results(session);
            assertThat(results.get(0).content()).isEqualTo("The tool failed: IOException: no route");
            assertThat(results.get(1).content()).startsWith("The call did not end within PT0.05S and was stopped.");
            assertThat(results.get(2).content())
                    .hasSizeLessThan(66_000)
                    .contains("65536 of 100001 characters shown", "attachment sha256:");
        }
    }

    @Test
    void aModelThatFailsBeforeOutputIsAskedAgainAndThenFailsTheTurnWithItsKind() {
        var tries = new AtomicInteger();
        var flaky = new StubModel((request, events) -> {
            if (tries.incrementAndGet() < 2) {
                throw new ModelFailure(ModelFailure.Kind.OVERLOADED, "busy");
            }
            says("fine").stream(request, events);
        });
        try (var turnbuckle = with(agent(flaky).build())) {
            assertThat(turnbuckle.session("s").ask("go")).isEqualTo("fine");
        }
        var refusing = new StubModel((request, events) -> {
            throw new ModelFailure(ModelFailure.Kind.AUTH, "key expired");
        });
        try (var turnbuckle = with(agent(refusing).build())) {
            var outcome = (Failed) turnbuckle.session("s").send("go").await();
            assertThat(outcome.code()).isEqualTo("model_auth");
            assertThat(outcome.message()).contains("key expired");
            assertThatThrownBy(outcome::text)
                    .isInstanceOf(NoAnswerException.class)
                    .hasMessageContaining("model_auth");
        }
    }

    @Test
    void j19_anEmptyAnswerIsAskedAgainAndTheBudgetEndsIt() {
        StubModel.Answer empty =
                (request, events) -> events.accept(new ModelEvent.Completed(List.of(), Usage.of(1, 0), "stop"));
        try (var turnbuckle = with(
                agent(new StubModel(empty)).budget(Budget.DEFAULT.fruitless(3)).build())) {
            var outcome = (BudgetExhausted) turnbuckle.session("s").send("go").await();
            assertThat(outcome.bound()).isEqualTo("fruitless attempts 3");
        }
    }

    @Test
    void j19_budgetsOfIterationsTokensAndToolCallsEndTheTurnByName() {
        StubModel.Answer again = calls(call("a", "look", new City("x")));
        var looping = new StubModel(again, again, again, again, again, again);
        for (var expected : List.of("iterations 2", "tokens 20", "tool calls 1")) {
            Budget budget = expected.startsWith("it")
                    ? Budget.DEFAULT.iterations(2)
                    : expected.startsWith("tok") ? Budget.DEFAULT.tokens(20) : Budget.DEFAULT.toolCalls(1);
            try (var turnbuckle = with(agent(looping)
                    .tool(Tool.read("look", "", City.class, c -> "seen"))
                    .budget(budget)
                    .build())) {
                Session session = turnbuckle.session("s");
                var outcome = (BudgetExhausted) session.send("go").await();
                assertThat(outcome.bound()).isEqualTo(expected);
                long called = session.view().entries().stream()
                        .mapToLong(e -> e.message().toolCalls().size())
                        .sum();
                assertThat(results(session)).hasSize((int) called);
            }
        }
    }

    @Test
    void t09_cancelInMidStreamCommitsThePartialAnswerAndTheNextInputRuns() throws Exception {
        var talking = new CountDownLatch(1);
        var model = new StubModel(
                (request, events) -> {
                    events.accept(new ModelEvent.TextDelta("Let me "));
                    talking.countDown();
                    new CountDownLatch(1).await();
                },
                says("again"));
        try (var turnbuckle = with(agent(model).build())) {
            Session session = turnbuckle.session("s");
            Turn turn = session.send("go");
            talking.await();
            assertThat(turn.cancel("changed my mind", "ann")).isEqualTo(CancelResult.REQUESTED);
            assertThat(turn.cancel("again", "bob")).isEqualTo(CancelResult.ALREADY_REQUESTED);
            assertThat(turn.summary().orElseThrow().cancelledBy()).isEqualTo("ann");
            assertThat(turn.await()).isEqualTo(new Cancelled(turn.id(), "Let me ", "ann", "changed my mind"));
            assertThat(session.view().entries().getLast().message().interrupted())
                    .isTrue();
            assertThat(session.ask("and now?")).isEqualTo("again");
            assertThat(turn.cancel("too late")).isEqualTo(CancelResult.ALREADY_REQUESTED);
        }
    }

    @Test
    void t09_cancelDuringToolsClosesEveryCallSoThatAVendorTakesTheNextRequest() throws Exception {
        var started = new CountDownLatch(2);
        var model =
                new StubModel(calls(call("a", "read", new City("x")), call("b", "charge", new City("x"))), says("ok"));
        Tool reading = Tool.read("read", "", City.class, c -> {
            started.countDown();
            new CountDownLatch(1).await();
            return "";
        });
        Tool charging = Tool.once("charge", "", City.class, c -> {
            started.countDown();
            new CountDownLatch(1).await();
            return "";
        });
        try (var turnbuckle = with(agent(model).tool(reading).tool(charging).build())) {
            Session session = turnbuckle.session("s");
            Turn turn = session.send("go");
            started.await();
            turn.cancel("stop");
            assertThat(turn.await()).isInstanceOf(Cancelled.class);
            assertThat(results(session)).extracting(Part.ToolResult::callId).containsExactly("a", "b");
            assertThat(results(session).get(0).content()).startsWith("Cancelled");
            assertThat(results(session).get(1).content()).startsWith("The outcome is unknown");
            assertThat(session.ask("next")).isEqualTo("ok");
        }
    }

    @Test
    void aSteerJoinsAtTheSafePointAndALateOneOpensItsOwnTurn() throws Exception {
        var running = new CountDownLatch(1);
        var steered = new CountDownLatch(1);
        var model = new StubModel(calls(call("a", "look", new City("x"))), says("by train"), says("late"));
        try (var turnbuckle = with(agent(model)
                .tool(Tool.read("look", "", City.class, c -> {
                    running.countDown();
                    steered.await();
                    return "seen";
                }))
                .build())) {
            Session session = turnbuckle.session("s");
            Turn turn = session.send("Plan a trip.");
            running.await();
            Steer steer = turn.steer("Only trains.");
            steered.countDown();
            assertThat(steer.appliedBy().id()).isEqualTo(turn.id());
            assertThat(turn.await().text()).isEqualTo("by train");
            assertThat(texts(session))
                    .containsExactly(
                            "USER Plan a trip.", "ASSISTANT ", "TOOL ", "USER Only trains.", "ASSISTANT by train");
            Steer late = turn.steer("And cheap.");
            Turn own = late.appliedBy();
            assertThat(own.id()).isEqualTo(late.id());
            assertThat(own.await().text()).isEqualTo("late");
        }
    }

    @Test
    void inputsThatArriveMeanwhileQueueAndRunInOrder() throws Exception {
        var gate = new CountDownLatch(1);
        var model = new StubModel(
                (request, events) -> {
                    gate.await();
                    says("one").stream(request, events);
                },
                says("two"),
                says("three"));
        try (var turnbuckle = with(agent(model).build())) {
            Session session = turnbuckle.session("s");
            Turn one = session.send("1");
            Turn two = session.send("2");
            Turn three = session.send("3");
            gate.countDown();
            assertThat(one.await().text()).isEqualTo("one");
            assertThat(two.await().text()).isEqualTo("two");
            assertThat(three.await().text()).isEqualTo("three");
            assertThat(session.view().revision()).isEqualTo(3);
        }
    }

    @Test
    void theSameKeyIsAcceptedOnceAndOtherContentIsRefused() {
        try (var turnbuckle = with(agent(new StubModel(says("one"))).build())) {
            Session session = turnbuckle.session("s");
            Turn first = session.send(Input.text("Refund").key("k"));
            assertThat(first.await().text()).isEqualTo("one");
            Turn second = session.send(Input.text("Refund").key("k"));
            assertThat(second.alreadyAccepted()).isTrue();
            assertThat(second.id()).isEqualTo(first.id());
            assertThat(second.await().text()).isEqualTo("one");
            assertThatThrownBy(() -> session.send(Input.text("Other").key("k")))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("\"k\"");
        }
    }

    private Agent support(StubModel model, OnUnknown policy) {
        return agent(model)
                .tool(Tool.once("refund", "", Refund.class, (r, ctx) -> {
                            done.add(r.order() + " " + r.cents());
                            return "refunded";
                        })
                        .needsApproval(Refund.class, r -> r.cents() > 100)
                        .ifUnknown(policy))
                .build();
    }

    @Test
    void anApprovalSuspendsAndTheAnswerWakesTheTurnOnAnotherRuntime() {
        var storage = new MemoryStorage();
        var model = new StubModel(calls(call("a", "refund", new Refund("A-17", 120))), says("Done."));
        dev.turnbuckle.session.WaitId wait;
        dev.turnbuckle.session.TurnId turn;
        try (var monday = Turnbuckle.builder()
                .storage(storage)
                .agent(support(model, OnUnknown.TELL_MODEL))
                .build()) {
            Turn sent = monday.session("s").send("Refund A-17");
            var outcome = (Suspended) sent.await();
            wait = outcome.waits().getFirst().id();
            turn = sent.id();
            assertThat(done).isEmpty();
        }
        try (var thursday = Turnbuckle.builder()
                .storage(storage)
                .agent(support(model, OnUnknown.TELL_MODEL))
                .build()) {
            assertThat(thursday.session("s").turn(turn).await()).isInstanceOf(Suspended.class);
            Decision decision = thursday.waits().approve(wait, "alice");
            assertThat(decision.first()).isTrue();
            assertThat(thursday.waits().reject(wait, "bob", "no").by()).isEqualTo("alice");
            assertThat(thursday.session("s").turn(turn).await().text()).isEqualTo("Done.");
            assertThat(done).containsExactly("A-17 120");
        }
    }

    @Test
    void aRejectionReachesTheModelAsAResult() {
        var model = new StubModel(calls(call("a", "refund", new Refund("A-17", 120))), says("Sorry."));
        try (var turnbuckle = with(support(model, OnUnknown.TELL_MODEL))) {
            Session session = turnbuckle.session("s");
            Turn turn = session.send("Refund");
            var suspended = (Suspended) turn.await();
            turnbuckle.waits().reject(suspended.waits().getFirst().id(), "bob", "too much");
            assertThat(turn.await().text()).isEqualTo("Sorry.");
            assertThat(results(session).getFirst().content())
                    .isEqualTo("The call was not approved (rejected by bob): too much");
            assertThat(done).isEmpty();
        }
    }

    @Test
    void aTypedAnswerThatDoesNotFitIsAskedAgain() {
        var model = new StubModel(says("furious!"), says("{\"summary\":\"late parcel\",\"mood\":\"FURIOUS\"}"));
        try (var turnbuckle = with(agent(model).build())) {
            Ticket ticket = turnbuckle.session("s").ask("Triage", Ticket.class);
            assertThat(ticket).isEqualTo(new Ticket("late parcel", Mood.FURIOUS));
        }
    }

    record Notes(List<String> lines) {}

    static final StateKey<Notes> NOTES = StateKey.of("notes", 1, Notes.class, () -> new Notes(List.of()));

    static final class NotesPlugin implements Plugin {
        @Override
        public String name() {
            return "notes";
        }

        @Override
        public void composePrompt(PromptDraft prompt) {
            prompt.add("context", "Noted: " + prompt.state(NOTES).lines());
        }

        @Override
        public List<Tool> tools() {
            return List.of(Tool.idempotent("note", "", City.class, (n, ctx) -> {
                ctx.update(NOTES, notes -> {
                    var lines = new ArrayList<>(notes.lines());
                    lines.add(n.city());
                    return new Notes(lines);
                });
                return "noted";
            }));
        }
    }

    @Test
    void stateThatToolsChangeTogetherIsCommittedAndSeenByTheNextTurn() {
        var model = new StubModel(
                calls(call("a", "note", new City("Oslo")), call("b", "note", new City("Bergen"))),
                says("ok"),
                says("yes"));
        try (var turnbuckle = with(agent(model).plugin(new NotesPlugin()).build())) {
            Session session = turnbuckle.session("s");
            session.ask("remember");
            session.ask("what?");
            assertThat(model.requests.getLast().system().getFirst()).contains("Oslo", "Bergen");
            assertThat(model.requests.getFirst().system()).containsExactly("Noted: []");
        }
    }

    @Test
    void observersSeeTheTurnInOrderAndItsEnd() {
        var model = new StubModel(calls(call("a", "look", new City("x"))), says("done"));
        try (var turnbuckle = with(agent(model)
                .tool(Tool.read("look", "", City.class, c -> "seen"))
                .build())) {
            Session session = turnbuckle.session("s");
            Turn turn = session.send("go");
            var types = new ArrayList<String>();
            try (Events events = turn.events()) {
                for (SessionEvent event : events) {
                    types.add(event.type());
                }
            }
            assertThat(types)
                    .containsExactly(
                            "turn_started",
                            "input_applied",
                            "model_started",
                            "model_ended",
                            "tool_started",
                            "tool_ended",
                            "model_started",
                            "text_delta",
                            "model_ended",
                            "turn_ended");
        }
    }

    @Test
    void o13_aLiveReplayThatIsAheadOfItsStoreIsToldAndNotWaitedForForever() {
        var live = new MemoryLiveReplay();
        try (var turnbuckle = Turnbuckle.builder()
                .agent(agent(new StubModel(says("one"))).build())
                .liveReplay(live)
                .build()) {
            Session session = turnbuckle.session("s");
            session.ask("1");
            live.head("s", 7); // of a database that a backup has taken the place of
            assertThatThrownBy(session::observe)
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("at revision 7, the store is at 1");
        }
    }

    @Test
    void o14_aCursorContinuesExactlyAndAnOldOneIsAGapWithTheView() {
        try (var turnbuckle =
                with(agent(new StubModel(says("one"), says("two"))).build())) {
            Session session = turnbuckle.session("s");
            session.ask("1");
            var seen = session.observe();
            assertThat(seen.view().revision()).isEqualTo(1);
            session.ask("2");
            try (Events events = session.events(seen.cursor())) {
                assertThat(events.next(Duration.ofSeconds(5)).orElseThrow().type())
                        .isEqualTo("inbox_changed");
            }
            var foreign = new dev.turnbuckle.live.Cursor("elsewhere", 0, 5, "s");
            try (Events events = session.events(foreign)) {
                var gap = (Activity.Gap)
                        events.next(Duration.ofSeconds(5)).orElseThrow().activity();
                assertThat(gap.observation().view().revision()).isEqualTo(2);
            }
            assertThatThrownBy(() -> turnbuckle.session("other").events(seen.cursor()))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("\"other\"");
        }
    }

    @Test
    void anUnknownAgentOrTurnIsSaidAtOnce() {
        try (var turnbuckle = with(agent(new StubModel(says("x"))).build())) {
            assertThatThrownBy(() -> turnbuckle.session("s", "nobody"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("known here: test");
            assertThatThrownBy(() -> turnbuckle
                            .session("s")
                            .turn(new dev.turnbuckle.session.TurnId("t-none"))
                            .await())
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("t-none");
        }
    }

    @Test
    void closeInTheMiddleHandsTheTurnBackAndTheNextRuntimeFinishesIt() throws Exception {
        var storage = new MemoryStorage();
        var talking = new CountDownLatch(1);
        var stuck = new StubModel((request, events) -> {
            events.accept(new ModelEvent.TextDelta("Hm"));
            talking.countDown();
            new CountDownLatch(1).await();
        });
        Turn turn;
        try (var first = Turnbuckle.builder()
                .storage(storage)
                .drain(Duration.ofMillis(10))
                .agent(agent(stuck).build())
                .build()) {
            turn = first.session("s").send("go");
            talking.await();
        }
        try (var second = Turnbuckle.builder()
                .storage(storage)
                .agent(agent(new StubModel(says("finished"))).build())
                .build()) {
            TurnOutcome outcome = second.session("s").turn(turn.id()).await();
            assertThat(outcome).isEqualTo(new Answered(turn.id(), "finished", Usage.of(10, 2)));
        }
    }

    @Test
    void aSessionThatIsDeletedStaysDeleted() {
        try (var turnbuckle = with(agent(new StubModel(says("x"))).build())) {
            Session session = turnbuckle.session("s");
            session.ask("go");
            assertThat(session.delete()).isTrue();
            assertThat(session.delete()).isFalse();
            assertThatThrownBy(() -> session.send("again"))
                    .isInstanceOf(dev.turnbuckle.error.SessionDeletedException.class);
            assertThatThrownBy(session::view).isInstanceOf(dev.turnbuckle.error.SessionDeletedException.class);
        }
    }

    @Test
    void theModelSeesAtMostTheNewestEntriesBeginningWithAUser() {
        // It sees three settled entries at most: of those the oldest is an answer, so the view begins at the user's one
        // after.
        StubModel.Answer countsItsRequest =
                (request, events) -> says(String.valueOf(request.messages().size())).stream(request, events);
        var model = new StubModel(countsItsRequest, countsItsRequest, countsItsRequest);
        try (var turnbuckle = with(agent(model).historyEntries(3).build())) {
            Session session = turnbuckle.session("s");
            assertThat(session.ask("q0")).isEqualTo("1");
            assertThat(session.ask("q1")).isEqualTo("3");
            assertThat(session.ask("q2")).isEqualTo("3");
            assertThat(model.requests.getLast().messages())
                    .extracting(Message::text)
                    .containsExactly("q1", "3", "q2");
        }
    }

    /** Leaves a started {@code ONCE} call without an outcome behind, as a crash does. */
    private Turn crashedInRefund(MemoryStorage storage, StubModel model, OnUnknown policy) throws Exception {
        var inside = new CountDownLatch(1);
        Agent stuck = agent(model)
                .tool(Tool.once("refund", "", Refund.class, r -> {
                            done.add(r.order());
                            inside.countDown();
                            new CountDownLatch(1).await();
                            return "";
                        })
                        .ifUnknown(policy))
                .build();
        Turnbuckle first = Turnbuckle.builder().storage(storage).agent(stuck).build();
        Turn turn = first.session("s").send("Refund A-17");
        inside.await();
        first.closeNow();
        return turn;
    }

    private StubModel refunds() {
        return new StubModel(calls(call("a", "refund", new Refund("A-17", 5))), says("Done."));
    }

    @Test
    void j09_anUnknownOutcomeIsToldToTheModelAndTheCallDoesNotRunAgain() throws Exception {
        var storage = new MemoryStorage();
        Turn turn = crashedInRefund(storage, refunds(), OnUnknown.TELL_MODEL);
        try (var next = Turnbuckle.builder()
                .storage(storage)
                .agent(support(refunds(), OnUnknown.TELL_MODEL))
                .build()) {
            Session session = next.session("s");
            assertThat(session.turn(turn.id()).await().text()).isEqualTo("Done.");
            assertThat(results(session).getFirst().content()).startsWith("The outcome is unknown");
            assertThat(done).containsExactly("A-17");
        }
    }

    @Test
    void j09_anUnknownOutcomeCanFailTheTurn() throws Exception {
        var storage = new MemoryStorage();
        Turn turn = crashedInRefund(storage, refunds(), OnUnknown.FAIL_TURN);
        try (var next = Turnbuckle.builder()
                .storage(storage)
                .agent(support(refunds(), OnUnknown.FAIL_TURN))
                .build()) {
            var outcome = (Failed) next.session("s").turn(turn.id()).await();
            assertThat(outcome.code()).isEqualTo("unknown_outcome");
            assertThat(results(next.session("s"))).hasSize(1);
        }
    }

    @Test
    void j09_aPersonCanSayThatAnUnknownCallShallRunAgain() throws Exception {
        var storage = new MemoryStorage();
        Turn turn = crashedInRefund(storage, refunds(), OnUnknown.ASK_HUMAN);
        try (var next = Turnbuckle.builder()
                .storage(storage)
                .agent(support(refunds(), OnUnknown.ASK_HUMAN))
                .build()) {
            Turn again = next.session("s").turn(turn.id());
            var asked = (Suspended) again.await();
            assertThat(asked.waits().getFirst().question()).contains("outcome is unknown");
            next.waits().runAgain(asked.waits().getFirst().id(), "alice");
            assertThat(again.await().text()).isEqualTo("Done.");
            assertThat(done).containsExactly("A-17", "A-17 5");
        }
    }

    @Test
    void j09_aPersonCanSayWhatAnUnknownCallDid() throws Exception {
        var storage = new MemoryStorage();
        Turn turn = crashedInRefund(storage, refunds(), OnUnknown.ASK_HUMAN);
        try (var next = Turnbuckle.builder()
                .storage(storage)
                .agent(support(refunds(), OnUnknown.ASK_HUMAN))
                .build()) {
            Turn again = next.session("s").turn(turn.id());
            var asked = (Suspended) again.await();
            next.waits().done(asked.waits().getFirst().id(), "alice", "refund 77");
            assertThat(again.await().text()).isEqualTo("Done.");
            assertThat(results(next.session("s")).getFirst().content()).isEqualTo("refund 77");
            assertThat(done).containsExactly("A-17");
        }
    }

    @Test
    void t12_aTurnThatKeepsFailingEndsAsFailedWithItsLastErrorAndBlocksNothing() {
        var bug = new StubModel(says("never"), says("fine")) {
            @Override
            public dev.turnbuckle.model.ModelSpec spec() {
                if (requests.isEmpty() && done.size() < 2) {
                    done.add("tried");
                    throw new IllegalStateException("broken wiring");
                }
                return super.spec();
            }
        };
        try (var turnbuckle =
                Turnbuckle.builder().attempts(2).agent(agent(bug).build()).build()) {
            Session session = turnbuckle.session("s");
            var outcome = (Failed) session.send("go").await();
            assertThat(outcome.code()).isEqualTo("attempts_exhausted");
            assertThat(outcome.message()).contains("failed 2 times", "broken wiring");
            assertThat(session.inbox(true).getFirst().status().state())
                    .isEqualTo(dev.turnbuckle.session.InboxItem.State.DEAD);
            assertThat(session.inbox(true).getFirst().status().error()).contains("broken wiring");
            assertThat(session.ask("next")).isEqualTo("never");
        }
    }

    @Test
    void j07_whatMatchesARedactionIsNeitherRecordedNorShownNorSentOn() {
        var model = new StubModel(calls(call("a", "look", new City("x"))), (request, events) -> {
            events.accept(new ModelEvent.TextDelta("the key is sk-12"));
            events.accept(new ModelEvent.TextDelta("34"));
            events.accept(
                    new ModelEvent.Completed(List.of(new Part.Text("the key is sk-1234")), Usage.of(1, 1), "stop"));
        });
        var agent = agent(model)
                .tool(Tool.read("look", "", City.class, c -> "token sk-9999 found"))
                .redact(java.util.regex.Pattern.compile("sk-[0-9]+"), "[key]")
                .build();
        var storage = new MemoryStorage();
        try (var turnbuckle = Turnbuckle.builder().storage(storage).agent(agent).build()) {
            Session session = turnbuckle.session("s");
            Turn turn = session.send("go");
            var shown = new StringBuilder();
            try (Events events = turn.events()) {
                events.forEach(e -> shown.append(e.json()));
            }
            assertThat(turn.await().text()).isEqualTo("the key is [key]");
            assertThat(shown).contains("the key is [key]", "token [key] found").doesNotContain("sk-");
            assertThat(results(session).getFirst().content()).isEqualTo("token [key] found");
            assertThat(storage.dump().toString()).doesNotContain("sk-");
        }
    }

    @Test
    void aReactiveReaderGetsWhatItAskedForAndTheEnd() throws Exception {
        var seen = Collections.synchronizedList(new ArrayList<String>());
        var completed = new CountDownLatch(1);
        var subscribed = new CountDownLatch(1);
        try (var turnbuckle = with(agent(new StubModel(says("one"))).build())) {
            Session session = turnbuckle.session("s");
            session.publisher().subscribe(new java.util.concurrent.Flow.Subscriber<>() {
                private java.util.concurrent.Flow.Subscription subscription;

                @Override
                public void onSubscribe(java.util.concurrent.Flow.Subscription s) {
                    subscription = s;
                    s.request(1);
                    subscribed.countDown();
                }

                @Override
                public void onNext(SessionEvent event) {
                    seen.add(event.type());
                    if (event.type().equals("turn_ended")) {
                        subscription.cancel();
                        completed.countDown();
                    }
                    subscription.request(1);
                }

                @Override
                public void onError(Throwable failure) {
                    seen.add(failure.toString());
                }

                @Override
                public void onComplete() {
                    completed.countDown();
                }
            });
            subscribed.await();
            session.ask("go");
            completed.await();
            assertThat(seen).endsWith("turn_ended").doesNotContain("committed");
        }
    }

    /** An open turn whose journal says that another build asked something else of the model. */
    private static dev.turnbuckle.session.TurnId drivenByAnotherBuild(MemoryStorage storage) {
        storage.open(dev.turnbuckle.env.Environment.system());
        var turn = new dev.turnbuckle.session.TurnId("t-1");
        storage.inbox()
                .accept(new dev.turnbuckle.store.Inbox.NewInput(
                        "s",
                        "test",
                        turn,
                        dev.turnbuckle.session.InboxItem.Kind.USER,
                        dev.turnbuckle.session.InboxItem.Delivery.NEXT_TURN,
                        "{\"message\":{\"role\":\"USER\",\"parts\":[{\"type\":\"text\",\"text\":\"hi\"}],"
                                + "\"interrupted\":false}}",
                        null,
                        java.util.Map.of(),
                        null,
                        Duration.ZERO));
        var by = new dev.turnbuckle.store.Claimant("old", "old", "old");
        var go = (dev.turnbuckle.store.Turns.Start.Go) storage.turns()
                .start(new dev.turnbuckle.store.Turns.StartRequest(
                        "s", by, Duration.ofMinutes(1), java.util.Set.of("test")));
        var now = java.time.Instant.now();
        String request = "{\"chain\":\"c\",\"composition\":\"old\"}";
        storage.journal()
                .record(
                        go.started().lease(),
                        turn,
                        List.of(new dev.turnbuckle.store.JournalEntry(
                                "model/1",
                                "model",
                                dev.turnbuckle.tool.EffectClass.READ,
                                dev.turnbuckle.internal.codec.Hash.of(request),
                                request,
                                "{}",
                                1,
                                now,
                                now)),
                        List.of());
        storage.turns().abandon(go.started().lease(), turn, Turns.Handback.drained(Duration.ZERO));
        return turn;
    }

    @Test
    void t04_aJournalThatDoesNotFitFailsTheTurnAndShowsThePaths() {
        var storage = new MemoryStorage();
        var turn = drivenByAnotherBuild(storage);
        try (var turnbuckle = Turnbuckle.builder()
                .storage(storage)
                .agent(agent(new StubModel(says("next"))).build())
                .build()) {
            Session session = turnbuckle.session("s");
            var outcome = (Failed) session.turn(turn).await();
            assertThat(outcome.code()).isEqualTo("journal_mismatch");
            assertThat(outcome.message()).contains("model/1", "/composition: recorded \"old\"");
            assertThat(session.ask("go on")).isEqualTo("next");
        }
    }

    @Test
    void t04_aJournalThatDoesNotFitCanHoldTheTurnForABuildThatDoes() {
        var storage = new MemoryStorage();
        var turn = drivenByAnotherBuild(storage);
        try (var turnbuckle = Turnbuckle.builder()
                .storage(storage)
                .holdOnMismatch()
                .agent(agent(new StubModel(says("next"))).build())
                .build()) {
            Turn held = turnbuckle.session("s").turn(turn);
            while (storage.turns().find("s", turn).orElseThrow().lastError() == null) {
                Thread.onSpinWait();
            }
            assertThat(held.summary().orElseThrow().endedAt()).isNull();
            assertThat(held.cancel("give up")).isEqualTo(CancelResult.REQUESTED);
            assertThat(held.await()).isInstanceOf(Cancelled.class);
        }
    }

    @Test
    void t06_aNewInputCanTakeThePlaceOfWhatATurnWaitsFor() {
        var model = new StubModel(
                calls(call("a", "refund", new Refund("A-17", 120))), says("Never mind then."), says("Sunny."));
        Agent agent = agent(model)
                .tool(Tool.once("refund", "", Refund.class, r -> "refunded").needsApproval(Refund.class, r -> true))
                .newInputSupersedesWaits()
                .build();
        try (var turnbuckle = with(agent)) {
            Session session = turnbuckle.session("s");
            Turn refund = session.send("Refund A-17");
            assertThat(refund.await()).isInstanceOf(Suspended.class);
            Turn weather = session.send("Forget it. What is the weather?");
            assertThat(weather.await().text()).isEqualTo("Sunny.");
            assertThat(refund.await().text()).isEqualTo("Never mind then.");
            assertThat(results(session).getFirst().content())
                    .isEqualTo("The call was not approved (superseded by a new input)");
            assertThat(turnbuckle.waits().open()).isEmpty();
        }
    }
}
