package dev.turnbuckle.testkit;

import static dev.turnbuckle.testkit.ScriptedModel.calls;
import static dev.turnbuckle.testkit.ScriptedModel.says;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.Events;
import dev.turnbuckle.Session;
import dev.turnbuckle.Turn;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.error.ClosedException;
import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.memory.MemoryStorage;
import dev.turnbuckle.model.Model;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelRequest;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Command;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.TurnOutcome.Cancelled;
import dev.turnbuckle.session.TurnOutcome.Failed;
import dev.turnbuckle.session.TurnOutcome.Suspended;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.tool.StateKey;
import dev.turnbuckle.tool.Tool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an audit of chains, sends, commands and merged inputs found; each failed before it was mended. */
@Timeout(30)
class AuditedTest {
    record In(String text) {}

    record Sum(int value) {}

    private static final In ANY = new In("any");
    private static final StateKey<Sum> SUM = StateKey.of("sum", 1, Sum.class, () -> new Sum(0));

    private final MemoryStorage storage = new MemoryStorage();

    private TestTurnbuckle.Setup setup(Agent.Builder agent) {
        return TestTurnbuckle.setup().agents(agent.build()).storage(() -> storage);
    }

    private static Agent.Builder agent(Model model, Tool... tools) {
        Agent.Builder agent = Agent.named("test").model(model);
        List.of(tools).forEach(agent::tool);
        return agent;
    }

    private static List<String> texts(Session session) {
        return session.view().entries().stream().map(e -> e.message().text()).toList();
    }

    @Test
    void t08_aCommandThatWasCancelledBeforeItsCommitIsNotCarriedOut() {
        var hook = new AtomicReference<Runnable>(() -> {});
        var setup = setup(agent(ScriptedModel.of(says("Hello."))))
                .runtime(r -> r.probe(seam -> {
                    if (seam.equals("before SessionStore.commit")) {
                        hook.getAndSet(() -> {}).run();
                    }
                }));
        try (var test = setup.start()) {
            Session session = test.session("s");
            assertThat(session.ask("Hi")).isEqualTo("Hello.");
            var over = new AtomicReference<Turn>();
            hook.set(() -> storage.turns().cancel("s", over.get().id(), "alice", "no"));
            over.set(session.command(new Command.StartOver()));
            assertThat(over.get().await()).isInstanceOf(Cancelled.class);
            assertThat(texts(session)).containsExactly("Hi", "Hello.");
        }
    }

    @Test
    void q01_aTurnKeepsTheContextOfItsOwnInputWhenAnOlderOneJoinedItLater() {
        var seen = new ArrayList<String>();
        Tool pay = Tool.once("pay", "Pays", In.class, (in, ctx) -> {
                    seen.add(ctx.context("tenant").orElse("none"));
                    return "paid";
                })
                .needsApproval(In.class, in -> true);
        var model = ScriptedModel.of(calls("pay", ANY), calls("pay", ANY), says("Done."));
        try (var test = setup(agent(model, pay)).start()) {
            Session session = test.session("s");
            session.turn(new dev.turnbuckle.session.TurnId("t-any"))
                    .steer(Input.text("And this").after(Duration.ofMinutes(1)));
            Turn turn = session.send(Input.text("Pay").context("tenant", "acme"));
            for (int i = 0; i < 2; i++) {
                var asked = (Suspended) turn.await();
                test.tick(Duration.ofMinutes(2));
                test.waits().approve(asked.waits().getFirst().id(), "alice");
            }
            assertThat(turn.await().text()).isEqualTo("Done.");
            assertThat(seen).containsExactly("acme", "acme");
        }
    }

    @Test
    void s22_bytesThatTheirOwnerChangesAfterwardsAreSentAsTheyWere() {
        var model = new Model() {
            @Override
            public ModelSpec spec() {
                return ModelSpec.named("reader");
            }

            @Override
            public void stream(ModelRequest request, Consumer<ModelEvent> events) {
                String said = request.messages().getLast().parts().stream()
                        .filter(Part.AttachmentRef.class::isInstance)
                        .map(p -> new String(request.attachments().bytes((Part.AttachmentRef) p), UTF_8))
                        .reduce("", String::concat);
                events.accept(new ModelEvent.Completed(List.of(new Part.Text(said)), Usage.NONE, "stop"));
            }
        };
        byte[] buffer = "meow".getBytes(UTF_8);
        Input input = Input.text("Look").attach("one.txt", "text/plain", buffer);
        buffer[0] = 'w';
        Input both = input.attach("two.txt", "text/plain", buffer);
        try (var test = setup(agent(model)).start()) {
            assertThat(test.session("s").send(both).await().text()).isEqualTo("meowweow");
        }
    }

    /** A turn whose every drive breaks after the call is recorded. */
    private TestTurnbuckle.Setup breaking(Tool tool) {
        return setup(agent(ScriptedModel.of(calls(tool.name(), ANY), says("Never.")), tool))
                .runtime(r -> r.attempts(2).probe(seam -> {
                    if (seam.equals("before model/2")) {
                        throw new IllegalStateException("a bug of the runtime");
                    }
                }));
    }

    @Test
    void j04_whatACallSentAndChangedLeavesWithATurnThatCouldNotBeDrivenToItsEnd() {
        Tool note = Tool.once("note", "Notes", In.class, (in, ctx) -> {
            ctx.update(SUM, s -> new Sum(s.value() + 1));
            ctx.send("other", Input.text("Noted"));
            return "noted";
        });
        try (var test = breaking(note).start()) {
            Turn turn = test.session("s").send("Go");
            assertThat(((Failed) turn.await()).code()).isEqualTo("attempts_exhausted");
            assertThat(test.session("other").inbox(true)).hasSize(1);
            assertThat(storage.sessions().components("s")).containsKey("sum");
        }
    }

    @Test
    void t12_aSendUnderAKeyOfOtherContentEndsItsTurnOnceAndSaysSo() {
        Tool note = Tool.read("note", "Notes", In.class, (in, ctx) -> {
            ctx.send("other", Input.text("Second").key("k"));
            return "noted";
        });
        try (var test = setup(agent(ScriptedModel.of(calls("note", ANY), says("Done.")), note))
                .start()) {
            test.session("other").send(Input.text("First").key("k").after(Duration.ofDays(1)));
            Turn turn = test.session("s").send("Go");
            assertThat(turn.await()).isInstanceOfSatisfying(Failed.class, f -> {
                assertThat(f.code()).isEqualTo("commit_refused");
                assertThat(f.message()).contains("\"other\"").contains("\"k\"");
            });
            assertThat(test.session("s").inbox(true))
                    .extracting(i -> i.status().state())
                    .containsExactly(InboxItem.State.APPLIED);
        }
    }

    @Test
    void q03_whatAToolSendsHasTheLimitOfEveryInput() {
        Tool note = Tool.read("note", "Notes", In.class, (in, ctx) -> {
            ctx.send("other", Input.text("x".repeat(2 << 20)));
            return "noted";
        });
        try (var test = setup(agent(ScriptedModel.of(calls("note", ANY), says("Done.")), note))
                .start()) {
            Turn turn = test.session("s").send("Go");
            assertThat(turn.await())
                    .isInstanceOfSatisfying(
                            Failed.class, f -> assertThat(f.message()).contains("limited to 1048576 bytes"));
            assertThat(test.session("other").inbox(true)).isEmpty();
        }
    }

    @Test
    void j20_aFailureIsCutLikeEveryOtherOutput() {
        Tool fails = Tool.read("fails", "Fails", In.class, in -> {
            throw new java.io.IOException("x".repeat(1 << 20));
        });
        var model = ScriptedModel.of(calls("fails", ANY), says("Done."));
        try (var test = setup(agent(model, fails)).start()) {
            assertThat(test.session("s").ask("Go")).isEqualTo("Done.");
            var result = (Part.ToolResult)
                    model.requests().getLast().messages().getLast().parts().getFirst();
            assertThat(result.content().length()).isLessThan(66_000);
        }
    }

    @Test
    void j04_aChangeOfStateThatThrowsIsAFailureOfItsCall() {
        var runs = new AtomicInteger();
        Tool count = Tool.once("count", "Counts", In.class, (in, ctx) -> {
            runs.incrementAndGet();
            ctx.update(SUM, s -> new Sum(s.value() + 1));
            ctx.update(SUM, s -> {
                throw new IllegalArgumentException("a bug of the tool");
            });
            return "counted";
        });
        var model = ScriptedModel.of(calls("count", ANY), says("Done."));
        try (var test = setup(agent(model, count)).start()) {
            assertThat(test.session("s").ask("Go")).isEqualTo("Done.");
            var result = (Part.ToolResult)
                    model.requests().getLast().messages().getLast().parts().getFirst();
            assertThat(result.error()).isTrue();
            assertThat(result.content()).contains("a bug of the tool").doesNotContain("unknown");
            assertThat(runs).hasValue(1);
            assertThat(storage.sessions().components("s")).isEmpty();
        }
    }

    @Test
    void j06_aCompositionOfManyCharactersIsRecalled() {
        var parameters = new TreeMap<String, String>();
        for (int i = 0; i < 1_000; i++) {
            parameters.put("parameter-" + i, "x".repeat(50));
        }
        var steps = ScriptedModel.of(calls("pay", ANY), says("Done."));
        var model = new Model() {
            @Override
            public ModelSpec spec() {
                return new ModelSpec("large", parameters);
            }

            @Override
            public void stream(ModelRequest request, Consumer<ModelEvent> events) throws InterruptedException {
                steps.stream(request, events);
            }
        };
        Tool pay = Tool.once("pay", "Pays", In.class, in -> "paid").needsApproval(In.class, in -> true);
        try (var test = setup(agent(model, pay)).start()) {
            Turn turn = test.session("s").send("Pay");
            var asked = (Suspended) turn.await();
            test.waits().approve(asked.waits().getFirst().id(), "alice");
            assertThat(turn.await().text()).isEqualTo("Done.");
        }
    }

    @Test
    void j03_anAnswerIsKeptThoughACancelComesBeforeTheSuspension() {
        var hook = new AtomicReference<Runnable>(() -> {});
        Tool pay = Tool.once("pay", "Pays", In.class, in -> "paid").needsApproval(In.class, in -> true);
        var model = ScriptedModel.of(calls("pay", ANY));
        var setup = setup(agent(model, pay))
                .runtime(r -> r.probe(seam -> {
                    if (seam.equals("before Turns.suspend")) {
                        hook.getAndSet(() -> {}).run();
                    }
                }));
        try (var test = setup.start()) {
            var turn = new AtomicReference<Turn>();
            hook.set(() -> storage.turns().cancel("s", turn.get().id(), "alice", "no"));
            turn.set(test.session("s").send("Pay"));
            assertThat(turn.get().await()).isInstanceOf(Cancelled.class);
            assertThat(test.session("s").view().entries()).hasSize(3);
        }
    }

    @Test
    void o13_theEventsOfAMergedInputAreThoseOfTheTurnThatItJoined() {
        var agent = agent(ScriptedModel.of(says("Both."))).mergeInputs();
        try (var test = setup(agent).runtime(r -> r.manual()).start()) {
            Session session = test.session("s");
            Turn first = session.send("one");
            Turn second = session.send("two");
            try (Events events = second.events()) {
                test.turnbuckle().run(first);
                var seen = new ArrayList<Activity>();
                for (var e = events.next(Duration.ofSeconds(1));
                        e.isPresent();
                        e = events.next(Duration.ofSeconds(1))) {
                    seen.add(e.get().activity());
                }
                assertThat(seen).anyMatch(a -> a instanceof Activity.ModelEnded);
                assertThat(seen.getLast()).isInstanceOf(Activity.TurnEnded.class);
                long before = test.environment().nanos();
                assertThat(events.next(Duration.ofMinutes(5))).isEmpty();
                assertThat(test.environment().nanos() - before).isLessThan(1_000_000_000L);
            }
            try (Events late = session.turn(second.id()).events()) {
                assertThat(late.iterator().hasNext()).isFalse();
            }
        }
    }

    @Test
    void o13_theEventsOfAnInputThatWasCancelledEnd() {
        var setup = setup(agent(ScriptedModel.of())).runtime(r -> r.manual());
        try (var test = setup.start()) {
            Turn turn = test.session("s").send("one");
            try (Events events = turn.events()) {
                turn.cancel("no");
                assertThat(events.iterator().hasNext()).isFalse();
            }
        }
    }

    @Test
    void o13_theEventsOfARetriedTurnAreAllOfItsEvents() {
        var broken = new AtomicBoolean(true);
        var setup = setup(agent(ScriptedModel.of(says("Hello."))))
                .runtime(r -> r.attempts(1).probe(seam -> {
                    if (seam.equals("before model/1") && broken.get()) {
                        throw new IllegalStateException("broken");
                    }
                }));
        try (var test = setup.start()) {
            Session session = test.session("s");
            Turn dead = session.send("Hi");
            assertThat(dead.await()).isInstanceOf(Failed.class);
            broken.set(false);
            Turn again = session.retry(dead.id(), "alice");
            assertThat(again.await().text()).isEqualTo("Hello.");
            try (Events events = again.events()) {
                var last = new AtomicReference<Activity>();
                for (var e = events.next(Duration.ofSeconds(1));
                        e.isPresent();
                        e = events.next(Duration.ofSeconds(1))) {
                    last.set(e.get().activity());
                }
                assertThat(last.get()).isInstanceOf(Activity.TurnEnded.class);
            }
        }
    }

    /** In virtual time, so a waiter that is not told is one that polls late. */
    @Test
    void q17_whoWaitsForASteerThatJoinedIsToldWhenTheTurnEnds() {
        var entered = new AtomicReference<Turn>();
        var test = new AtomicReference<TestTurnbuckle>();
        Tool look = Tool.read("look", "Looks", In.class, in -> {
            test.get().process().sleep(Duration.ofSeconds(90));
            return "seen";
        });
        try (var started = setup(agent(ScriptedModel.of(calls("look", ANY), says("Done.")), look))
                .start()) {
            test.set(started);
            Session session = started.session("s");
            Turn turn = session.send("Look");
            started.tick(Duration.ofSeconds(1));
            var steer = turn.steer("And this");
            long before = started.environment().nanos();
            assertThat(session.turn(steer.id()).await().text()).isEqualTo("Done.");
            assertThat(Duration.ofNanos(started.environment().nanos() - before)).isLessThan(Duration.ofSeconds(92));
        }
    }

    @Test
    void q17_whoWaitsForAnInputThatIsCancelledIsTold() {
        var test = new AtomicReference<TestTurnbuckle>();
        try (var started =
                setup(agent(ScriptedModel.of())).runtime(r -> r.manual()).start()) {
            test.set(started);
            Session session = started.session("s");
            Turn turn = session.send("one");
            long before = started.environment().nanos();
            var waiting = session.turn(turn.id()).future();
            started.tick(Duration.ofSeconds(1));
            session.cancelInputs(List.of(new Inbox.Ref.Turn(turn.id())));
            started.tick(Duration.ofSeconds(1));
            assertThat(waiting).isDone();
        }
    }

    @Test
    void t10_aCancelByTheIdOfAMergedInputReachesTheTurnThatItJoined() {
        var test = new AtomicReference<TestTurnbuckle>();
        var agent = agent(
                        ScriptedModel.of(calls("look", ANY), says("Done.")),
                        Tool.read("look", "Looks", In.class, in -> {
                            test.get().process().sleep(Duration.ofSeconds(90));
                            return "seen";
                        }))
                .mergeInputs();
        try (var started = setup(agent).start()) {
            test.set(started);
            Session session = started.session("s");
            Turn first = session.send("one");
            Turn second = session.send("two");
            started.tick(Duration.ofSeconds(1));
            session.turn(second.id()).cancel("stop");
            long before = started.environment().nanos();
            assertThat(first.await()).isInstanceOf(Cancelled.class);
            assertThat(Duration.ofNanos(started.environment().nanos() - before)).isLessThan(Duration.ofSeconds(2));
        }
    }

    /** A store that starts nothing any more, and can still be read. */
    private TestTurnbuckle.Setup failing() {
        return setup(agent(ScriptedModel.of()))
                .runtime(r -> r.manual().probe(seam -> {
                    if (seam.equals("before Turns.start")) {
                        throw StorageException.retry("disk_full", "the disk is full", null);
                    }
                }));
    }

    @Test
    void q11_aStoreThatFailsIsSaidToWhoDrivesByHand() {
        try (var test = failing().start()) {
            Turn turn = test.session("s").send("Hi");
            assertThatThrownBy(() -> test.turnbuckle().run(turn))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("the disk is full");
            assertThatThrownBy(() -> test.turnbuckle().runDue())
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("the disk is full");
        }
    }

    @Test
    void q11_aClosedRuntimeDrivesNothingAndSaysSo() {
        try (var test =
                setup(agent(ScriptedModel.of())).runtime(r -> r.manual()).start()) {
            Turn turn = test.session("s").send("Hi");
            test.turnbuckle().close();
            assertThatThrownBy(() -> test.turnbuckle().run(turn)).isInstanceOf(ClosedException.class);
            assertThatThrownBy(() -> test.turnbuckle().runDue()).isInstanceOf(ClosedException.class);
        }
    }

    @Test
    void j19_theTimeOfAKilledDriveIsKnownToItsLastRenewal() {
        var test = new AtomicReference<TestTurnbuckle>();
        Tool look = Tool.read("look", "Looks", In.class, in -> {
                    test.get().process().sleep(Duration.ofMinutes(10));
                    return "seen";
                })
                .timeout(Duration.ofHours(1));
        try (var started = setup(agent(ScriptedModel.of(calls("look", ANY), says("Done.")), look))
                .start()) {
            test.set(started);
            Turn turn = started.session("s").send("Look");
            started.tick(Duration.ofSeconds(65)); // renewed every ten seconds, the last time at sixty
            started.crash();
            test.set(started);
            started.tick(Duration.ofSeconds(1));
            assertThat(storage.turns()
                            .find("s", turn.id())
                            .orElseThrow()
                            .times()
                            .driven())
                    .isBetween(Duration.ofSeconds(59), Duration.ofSeconds(65));
        }
    }
}
