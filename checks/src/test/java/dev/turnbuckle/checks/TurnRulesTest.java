package dev.turnbuckle.checks;

import static dev.turnbuckle.testkit.ScriptedModel.calls;
import static dev.turnbuckle.testkit.ScriptedModel.fails;
import static dev.turnbuckle.testkit.ScriptedModel.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.Events;
import dev.turnbuckle.Session;
import dev.turnbuckle.Turn;
import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.agent.Budget;
import dev.turnbuckle.error.SessionDeletedException;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.LiveReplay;
import dev.turnbuckle.live.SessionEvent;
import dev.turnbuckle.memory.MemoryLiveReplay;
import dev.turnbuckle.memory.MemoryStorage;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.PageRequest;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.TurnOutcome.Failed;
import dev.turnbuckle.session.TurnSummary;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.testkit.ProcessKilled;
import dev.turnbuckle.testkit.ScriptedModel;
import dev.turnbuckle.testkit.TestTurnbuckle;
import dev.turnbuckle.tool.Tool;
import dev.turnbuckle.tool.ToolSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rules about the whole turn, looked at from outside. */
@Timeout(30)
class TurnRulesTest {
    record In(String text) {}

    private static final In ANY = new In("any");

    private final MemoryStorage storage = new MemoryStorage();

    private static Agent agent(Model model, Tool... tools) {
        Agent.Builder agent = Agent.named("test").model(model);
        List.of(tools).forEach(agent::tool);
        return agent.build();
    }

    private TestTurnbuckle start(Agent agent) {
        return TestTurnbuckle.setup().agents(agent).storage(() -> storage).start();
    }

    /** The journal of a committed turn, as text. */
    private String record(String session, TurnId turn) {
        var ending = storage.turns().find(session, turn).orElseThrow().ending();
        return storage.blobs().get(ending.record()).orElseThrow().text();
    }

    @Test
    void j05_clockAndIdsThatAToolTookAreRecordedWithItsOutcome() {
        var taken = new ArrayList<String>();
        Tool tool = Tool.read("look", "Looks", In.class, (in, call) -> {
            taken.add("now " + call.now());
            taken.add("id " + call.newId());
            return "seen";
        });
        try (var test = start(agent(ScriptedModel.of(calls("look", ANY), says("Done.")), tool))) {
            Turn turn = test.session("s").send("Look.");
            turn.await();
            assertThat(taken)
                    .hasSize(2)
                    .allSatisfy(value -> assertThat(record("s", turn.id())).contains(value));
        }
    }

    @Test
    void j06_whoListensAndWhenIsNoPartOfARequest() {
        String alone = requestOfAModelCall(1, session -> {});
        String observed = requestOfAModelCall(2, session -> session.events().close());
        assertThat(alone).contains("chain", "composition").isEqualTo(observed);
    }

    /** Another seed gives other ids; an hour passes before the second. */
    private String requestOfAModelCall(long seed, Consumer<Session> before) {
        var own = new MemoryStorage();
        var setup = TestTurnbuckle.setup()
                .agents(agent(ScriptedModel.of(says("Hi."))))
                .storage(() -> own);
        try (var test = setup.seed(seed).start()) {
            test.tick(Duration.ofHours(seed));
            before.accept(test.session("s"));
            Turn turn = test.session("s").send("Hello.");
            turn.await();
            var ending = own.turns().find("s", turn.id()).orElseThrow().ending();
            String record = own.blobs().get(ending.record()).orElseThrow().text();
            var request = Pattern.compile("\"key\":\"model/1\".*?\"request\":\"(.*?[^\\\\])\"")
                    .matcher(record);
            assertThat(request.find()).isTrue();
            return request.group(1);
        }
    }

    @Test
    void j14_aTurnWithAOnceToolTakesFiveTransactionsAndWithAReadToolFour() {
        assertThat(transactionsOfATurn(Tool.once("act", "Acts", In.class, in -> "done")))
                .containsExactly(
                        "Inbox.accept", "Turns.start", "Journal.record", "Journal.record", "SessionStore.commit");
        assertThat(transactionsOfATurn(Tool.read("act", "Acts", In.class, in -> "done")))
                .containsExactly("Inbox.accept", "Turns.start", "Journal.record", "SessionStore.commit");
    }

    private static List<String> transactionsOfATurn(Tool tool) {
        var writes = new ArrayList<String>();
        var setup = TestTurnbuckle.setup().agents(agent(ScriptedModel.of(calls("act", ANY), says("Done.")), tool));
        setup.runtime(b -> b.probe(seam -> {
            if (seam.matches("after (Inbox.accept|Turns.*|Journal.record|SessionStore.commit)")
                    && !seam.matches("after Turns.(find|cancelled|list)")) {
                writes.add(seam.substring("after ".length()));
            }
        }));
        try (var test = setup.start()) {
            test.session("s").ask("Act.");
            return List.copyOf(writes);
        }
    }

    @Test
    void o15_aStreamGoesOnAcrossAGap() {
        var small = new LiveReplay.Bounds(4, Duration.ofMinutes(2), 1 << 20, Duration.ofMinutes(10));
        var setup = TestTurnbuckle.setup()
                .agents(agent(ScriptedModel.of(says("one two three four five six seven eight"), says("nine"))))
                .runtime(b -> b.liveReplay(new MemoryLiveReplay(small)));
        try (var test = setup.start()) {
            Session session = test.session("s");
            try (Events events = session.events()) {
                session.ask("Count.");
                var gap = (Activity.Gap)
                        events.next(Duration.ofSeconds(1)).orElseThrow().activity();
                assertThat(gap.observation().view().revision()).isEqualTo(1);
                assertThat(events.cursor()).isEqualTo(gap.observation().cursor());
                assertThat(events.next(Duration.ofSeconds(1))).isEmpty();

                Turn next = session.send("Go on.");
                assertThat(events.next(Duration.ofSeconds(1)).orElseThrow().type())
                        .isEqualTo("inbox_changed");
                next.await();
            }
        }
    }

    /** Talks, then breaks off. */
    private static final class Breaking implements Model {
        @Override
        public ModelSpec spec() {
            return ModelSpec.named("breaking");
        }

        @Override
        public void stream(ModelRequest request, Consumer<ModelEvent> events) {
            events.accept(new ModelEvent.TextDelta("Once upon"));
            throw new ModelFailure(ModelFailure.Kind.NETWORK, "gone");
        }
    }

    @Test
    void o18_whatABrokenAnswerHadShownIsTakenBackByName() {
        try (var test = start(agent(new Breaking()))) {
            Turn turn = test.session("s").send("Tell me a story.");
            var shown = new ArrayList<String>();
            try (Events events = turn.events()) {
                for (SessionEvent event : events) {
                    switch (event.activity()) {
                        case Activity.TextDelta delta -> shown.add(delta.item());
                        case Activity.Retracted retracted -> shown.removeAll(retracted.items());
                        default -> {}
                    }
                }
            }
            assertThat(shown).isEmpty();
            assertThat(turn.await().code()).isEqualTo("model_network");
        }
    }

    @Test
    void t03_aTurnThatIsDrivenOnIsComposedAsItBegan() {
        Tool look = Tool.read("look", "Looks", In.class, in -> "seen");
        var before = ScriptedModel.of(calls("look", ANY), says("Never.").after(Duration.ofHours(1)));
        var after = ScriptedModel.of(calls("look", ANY), says("Done."));
        Turn begun;
        try (var first = Turnbuckle.builder()
                .storage(storage)
                .model(before)
                .instructions("Old.")
                .tool(look)
                .build()) {
            begun = first.session("s").send("Look.");
            while (before.requests().size() < 2) {
                Thread.onSpinWait();
            }
            first.closeNow();
        }
        try (var second = Turnbuckle.builder()
                .storage(storage)
                .model(after)
                .instructions("New.")
                .build()) {
            assertThat(second.session("s").turn(begun.id()).await().text()).isEqualTo("Done.");
            assertThat(after.requests()).singleElement().satisfies(request -> {
                assertThat(request.system()).containsExactly("Old.");
                assertThat(request.tools()).extracting(ToolSpec::name).containsExactly("look");
            });
        }
    }

    @Test
    void t10_aToolThatIgnoresItsInterruptIsAbandonedWithinASecondAndThatIsTold() {
        var test = new AtomicReference<TestTurnbuckle>();
        Tool deaf = Tool.read("deaf", "Hears nothing", In.class, in -> {
            while (true) {
                try {
                    test.get().process().sleep(Duration.ofMinutes(10));
                } catch (InterruptedException ignored) {
                    // that is what it does
                }
            }
        });
        try (var started = start(agent(ScriptedModel.of(calls("deaf", ANY)), deaf))) {
            test.set(started);
            Session session = started.session("s");
            Turn turn = session.send("Listen.");
            started.tick(Duration.ofSeconds(1));
            try (Events events = session.events()) {
                var asked = started.environment().now();
                turn.cancel("enough");
                assertThat(turn.await().code()).isEqualTo("cancelled");
                assertThat(Duration.between(asked, started.environment().now())).isLessThan(Duration.ofSeconds(1));
                assertThat(events.next(Duration.ZERO).orElseThrow().activity())
                        .isInstanceOfSatisfying(
                                Activity.ToolEnded.class,
                                ended -> assertThat(ended.how()).isEqualTo("abandoned"));
            }
        }
    }

    @Test
    void t13_everyOutcomeHasItsCode() {
        assertThat(code(agent(ScriptedModel.of(says("Hi."))))).isEqualTo("answered");
        assertThat(code(agent(ScriptedModel.of(fails(ModelFailure.Kind.AUTH, "no key")))))
                .isEqualTo("model_auth");
        assertThat(code(agent(
                        ScriptedModel.of(calls("act", ANY)),
                        Tool.once("act", "Acts", In.class, in -> "done").needsApproval(In.class, in -> true))))
                .isEqualTo("suspended");
        assertThat(code(Agent.named("test")
                        .model(ScriptedModel.of(calls("act", ANY), says("Done.")))
                        .tool(Tool.read("act", "Acts", In.class, in -> "done"))
                        .budget(Budget.DEFAULT.iterations(1))
                        .build()))
                .isEqualTo("budget_exhausted");
    }

    private static String code(Agent agent) {
        try (var test = TestTurnbuckle.with(agent)) {
            return test.session("s").send("Hello.").await().code();
        }
    }

    @Test
    void t14_everyTurnEndsInOneCommit() {
        var model = ScriptedModel.of(says("One."), says("Two.").after(Duration.ofMinutes(1)), says("Three."));
        try (var test = start(agent(model))) {
            Session session = test.session("s");
            session.ask("First.");
            Turn second = session.send("Second.");
            Turn third = session.send("Third.");
            test.tick(Duration.ofSeconds(1));
            second.cancel("enough");
            assertThat(second.await()).isInstanceOf(TurnOutcome.Cancelled.class);
            third.await();
            assertThat(session.turns(PageRequest.first(10)).items())
                    .extracting(TurnSummary::revision)
                    .containsExactly(3L, 2L, 1L);
            assertThat(session.view().revision()).isEqualTo(3);
        }
    }

    @Test
    void t14_aTurnWhoseSessionIsDeletedEndsInNone() {
        try (var test = start(agent(ScriptedModel.of(says("Late.").after(Duration.ofMinutes(1)))))) {
            Session session = test.session("s");
            Turn turn = session.send("Hello.");
            test.tick(Duration.ofSeconds(1));
            session.delete();
            assertThatThrownBy(turn::await).isInstanceOf(SessionDeletedException.class);
            test.tick(Duration.ofMinutes(2));
            assertThat(storage.turns().find("s", turn.id()).map(t -> t.ending()))
                    .isEmpty();
        }
    }

    @Test
    void t11_aConflictUnderItsOwnLeaseEndsTheTurnAsFailedAndDrivesNothingAgain() {
        var model = ScriptedModel.of(says("Hi."), says("And on."));
        var setup = TestTurnbuckle.setup().agents(agent(model)).storage(() -> new ConflictOnce(storage));
        try (var test = setup.start()) {
            var outcome = (Failed) test.session("s").send("Hello.").await();
            assertThat(outcome.code()).isEqualTo("conflict");
            assertThat(model.requests()).hasSize(1);
            assertThat(test.session("s").view().entries()).hasSize(2);
            assertThat(test.session("s").ask("Go on.")).isEqualTo("And on.");
        }
    }

    @Test
    void j16_aDecisionThatComesTooLateIsARefusalAndTheTurnGoesOnByItself() {
        var paid = new ArrayList<String>();
        Tool pay = Tool.once("pay", "Pays", In.class, in -> {
                    paid.add(in.text());
                    return "paid";
                })
                .needsApproval(In.class, in -> true)
                .decideWithin(Duration.ofDays(1));
        try (var test = TestTurnbuckle.with(agent(ScriptedModel.of(calls("pay", ANY), says("Not paid.")), pay))) {
            Turn turn = test.session("s").send("Pay it");
            assertThat(turn.await()).isInstanceOf(TurnOutcome.Suspended.class);
            test.tick(Duration.ofHours(23));
            assertThat(turn.await()).isInstanceOf(TurnOutcome.Suspended.class);
            test.tick(Duration.ofHours(2));
            assertThat(turn.await().text()).isEqualTo("Not paid.");
            assertThat(paid).isEmpty();
            assertThat(test.waits().open()).isEmpty();
        }
    }

    @Test
    void j16_whomTheToolNamesIsToldOnceWhenNobodyDecides() {
        Tool pay = Tool.once("pay", "Pays", In.class, in -> "paid")
                .needsApproval(In.class, in -> true)
                .escalate(Duration.ofHours(4), "duty officer");
        try (var test = TestTurnbuckle.with(agent(ScriptedModel.of(calls("pay", ANY), says("Paid.")), pay))) {
            Turn turn = test.session("s").send("Pay it");
            turn.await();
            test.tick(Duration.ofHours(3));
            assertThat(escalation(test).done()).isFalse();
            try (var events = test.session("s").events()) {
                test.tick(Duration.ofMinutes(61));
                assertThat(rest(events))
                        .filteredOn(Activity.WaitEscalated.class::isInstance)
                        .hasSize(1);
            }
            assertThat(escalation(test).to()).isEqualTo("duty officer");
            assertThat(escalation(test).done()).isTrue();
            test.waits().approve(test.waits().open().getFirst().id(), "bob");
            assertThat(turn.await().text()).isEqualTo("Paid.");
        }
    }

    private static OpenWait.Escalation escalation(TestTurnbuckle test) {
        return Objects.requireNonNull(test.waits().open().getFirst().escalation());
    }

    /** What is to be seen within ten seconds. */
    private static List<Activity> rest(Events events) {
        var seen = new ArrayList<Activity>();
        for (var next = events.next(Duration.ofSeconds(10)); next.isPresent(); ) {
            seen.add(next.get().activity());
            next = events.next(Duration.ofSeconds(10));
        }
        return seen;
    }

    @Test
    void j04_filesAndInputsThatACallMadeAreThereAfterACrashWithoutASecondRun() {
        var runs = new AtomicInteger();
        Tool draw = Tool.once("draw", "Draws", In.class, (in, call) -> {
            runs.incrementAndGet();
            call.attach("chart.txt", "text/plain", "a chart".getBytes(StandardCharsets.UTF_8));
            call.send("archive", Input.text("Keep the chart").key("chart-1"));
            call.send("s", Input.text("Look again").after(Duration.ofHours(2)));
            return "drawn";
        });
        Model model = new Model() {
            @Override
            public ModelSpec spec() {
                return ModelSpec.named("reader");
            }

            @Override
            public void stream(ModelRequest request, Consumer<ModelEvent> events) {
                Message last = request.messages().getLast();
                boolean asked = request.messages().size() == 1 && last.text().equals("Draw");
                String seen = last.parts().stream()
                        .filter(Part.AttachmentRef.class::isInstance)
                        .map(part -> new String(
                                request.attachments().bytes((Part.AttachmentRef) part), StandardCharsets.UTF_8))
                        .findFirst()
                        .orElse("nothing");
                Part part = asked
                        ? new Part.ToolCall("c-1", "draw", "{\"text\":\"it\"}")
                        : new Part.Text("I see " + seen + " after " + last.text());
                events.accept(new ModelEvent.Completed(List.of(part), Usage.NONE, "stop"));
            }
        };
        var killed = new AtomicReference<TestTurnbuckle>();
        var setup = TestTurnbuckle.setup().agents(agent(model, draw)).storage(() -> storage);
        var once = new AtomicInteger();
        try (var test = setup.runtime(r -> r.probe(seam -> {
                    if (seam.equals("after model/1/tool/0") && once.getAndIncrement() == 0) {
                        killed.get().process().kill();
                    }
                }))
                .start()) {
            killed.set(test);
            Turn turn = test.session("s").send("Draw");
            assertThatThrownBy(turn::await).isInstanceOf(ProcessKilled.class);
            test.crash();
            assertThat(test.session("s").turn(turn.id()).await().text()).isEqualTo("I see a chart after ");
            assertThat(runs).hasValue(1);
            test.tick(Duration.ofHours(1));
            assertThat(lastText(test, "archive")).isEqualTo("I see nothing after Keep the chart");
            assertThat(test.session("s").view().revision()).isEqualTo(1);
            test.tick(Duration.ofHours(2));
            assertThat(lastText(test, "s")).isEqualTo("I see nothing after Look again");
        }
    }

    private static String lastText(TestTurnbuckle test, String session) {
        return test.session(session).view().entries().getLast().message().text();
    }

    @Test
    void j06_aLargeAnswerAndLargeArgumentsAreBlobsAndRecalledWhole() {
        var large = new In("x".repeat(100_000));
        Tool keep = Tool.once(
                "keep", "Keeps", In.class, in -> String.valueOf(in.text().length()));
        var model =
                ScriptedModel.of(calls("keep", large), says("y".repeat(50_000)).after(Duration.ofMinutes(1)));
        try (var test = start(agent(model, keep))) {
            Turn turn = test.session("s").send("Keep it");
            test.tick(Duration.ofSeconds(30));
            assertThat(storage.journal().read("s", turn.id()))
                    .allSatisfy(entry -> assertThat(entry.request().length()
                                    + (entry.outcome() == null
                                            ? 0
                                            : entry.outcome().length()))
                            .isLessThan(1_000));
            test.crash();
            assertThat(test.session("s").turn(turn.id()).await().text()).hasSize(50_000);
            assertThat(test.session("s").view().entries().toString()).contains("content=100000");
            assertThat(record("s", turn.id())).hasSizeLessThan(10_000);
        }
    }

    @Test
    void j19_theTimeOfDrivesThatFailedAndOfKilledOnesCounts() {
        var budget = Budget.DEFAULT.wallClock(Duration.ofMinutes(10));
        var model = ScriptedModel.of(says("Late.").after(Duration.ofMinutes(9)));
        var agent = Agent.named("test").model(model).budget(budget).build();
        try (var test = start(agent)) {
            Turn turn = test.session("s").send("Hello");
            test.tick(Duration.ofMinutes(5));
            test.crash();
            TurnOutcome outcome = test.session("s").turn(turn.id()).await();
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            TurnOutcome.BudgetExhausted.class,
                            o -> assertThat(o.bound()).contains("wall clock"));
        }
    }
}
