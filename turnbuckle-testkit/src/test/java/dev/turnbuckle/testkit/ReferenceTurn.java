package dev.turnbuckle.testkit;

import static dev.turnbuckle.testkit.ScriptedModel.call;
import static dev.turnbuckle.testkit.ScriptedModel.callsAll;
import static dev.turnbuckle.testkit.ScriptedModel.says;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.Session;
import dev.turnbuckle.agent.Agent;
import dev.turnbuckle.env.Probe;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.memory.MemoryStorage;
import dev.turnbuckle.session.Entry;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.PageRequest;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.TurnSummary;
import dev.turnbuckle.store.Inbox;
import dev.turnbuckle.tool.Tool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The turn of the crash table: one input, one steer, one queued wake, two calls at the same time of which one is
 * {@code ONCE}, a final answer. Its caller sends again what it had sent, under the same keys, whenever its process dies.
 */
final class ReferenceTurn implements AutoCloseable, Probe {
    static final String UNKNOWN = "The outcome is unknown";

    record Trip(String to) {}

    /** A seam as it was passed: its name, and how often that name was passed before in the first process. */
    record Seam(String name, int occurrence) {
        @Override
        public String toString() {
            return name + " #" + occurrence;
        }
    }

    private final MemoryStorage storage = new MemoryStorage();
    private final Predicate<Integer> crashes;
    private final List<Seam> seams = new ArrayList<>();
    private final List<String> sinceCrash = new ArrayList<>();
    private final TestTurnbuckle test;
    private int passed;
    private int crashed;
    private int booked;
    private int looked;

    /** @param crashes whether the process dies at its n-th seam, from 1, counted over all processes */
    ReferenceTurn(long seed, Predicate<Integer> crashes) {
        this.crashes = crashes;
        var agent = Agent.named("travel")
                .model(ScriptedModel.of(
                        callsAll(call("look", new Trip("Oslo")), call("book", new Trip("Oslo"))),
                        says("All by train."),
                        says("Noted.")))
                .tool(Tool.read("look", "Look at connections", Trip.class, t -> "3 trains, try " + (++looked) / looked))
                .tool(Tool.once("book", "Book a trip", Trip.class, t -> "booked " + (++booked)))
                .build();
        test = TestTurnbuckle.setup()
                .agents(agent)
                .seed(seed)
                .storage(() -> storage)
                .runtime(b -> b.probe(this))
                .start();
    }

    @Override
    public void at(String seam) {
        passed++;
        if (crashed == 0) {
            int before = (int) seams.stream().filter(s -> s.name().equals(seam)).count();
            seams.add(new Seam(seam, before + 1));
        } else {
            sinceCrash.add(ofWhichTurn() + seam);
        }
        if (crashes.test(passed)) {
            crashed++;
            sinceCrash.clear();
            test.process().kill();
            throw new ProcessKilled("at " + seam); // on the caller's own thread
        }
    }

    private String ofWhichTurn() {
        return storage.sessions().find("s").map(s -> s.head().revision()).orElse(0L) == 0 ? "" : "wake: ";
    }

    /** Until it is done, whatever dies meanwhile. */
    void run() {
        while (true) {
            try {
                converse(test.session("s"));
                return;
            } catch (ProcessKilled e) {
                test.crash();
            }
        }
    }

    private void converse(Session session) {
        var turn = session.send(Input.text("Plan a week in Norway.").key("input"));
        turn.steer(Input.text("Only trains.").key("steer"));
        TurnId wake = wake();
        turn.await();
        session.turn(wake).await();
    }

    private TurnId wake() {
        var content = new InboxItem.Content(Message.user("It is Monday."), null);
        var accepted = test.process()
                .guard(storage)
                .inbox()
                .accept(new Inbox.NewInput(
                        "s",
                        "travel",
                        new TurnId("wake"),
                        InboxItem.Kind.WORK,
                        InboxItem.Delivery.NEXT_TURN,
                        Json.write(content),
                        "wake",
                        Map.of(),
                        null,
                        Duration.ZERO));
        return ((Inbox.Accepted.Row) accepted).item().turn();
    }

    /** What holds wherever it died. */
    void requireIntact() {
        assertThat(storage.inbox().list("s", Set.of(InboxItem.State.values())))
                .extracting(i -> i.status().state())
                .as("every input applied once")
                .containsExactly(InboxItem.State.APPLIED, InboxItem.State.APPLIED, InboxItem.State.APPLIED);
        var row = storage.sessions().find("s").orElseThrow();
        assertThat(row.head().revision()).as("one commit for each turn").isEqualTo(2);
        assertThat(row.openTurn()).isNull();
        assertThat(row.due()).isNull();
        assertThat(storage.leases().list()).as("nothing left claimed").isEmpty();
        assertThat(storage.dump().keySet()).noneMatch(k -> k.startsWith("journal") || k.startsWith("wait"));
        assertThat(storage.turns().list("s", PageRequest.first(10)).items())
                .hasSize(2)
                .allSatisfy(t -> {
                    assertThat(t.state()).isEqualTo(TurnSummary.State.ENDED);
                    assertThat(t.summary().outcome()).isInstanceOf(TurnOutcome.Answered.class);
                });
        assertThat(booked).as("starts of the ONCE tool").isLessThanOrEqualTo(1);
        assertThat(unknown() || booked == 1)
                .as("booked, or known to be unknown")
                .isTrue();
        assertThat(history())
                .containsExactly(
                        "USER Plan a week in Norway.",
                        "ASSISTANT look book",
                        "TOOL 3 trains, try 1 / " + (unknown() ? UNKNOWN : "booked 1"),
                        "USER Only trains.",
                        "ASSISTANT All by train.",
                        "USER It is Monday.",
                        "ASSISTANT Noted.");
    }

    private List<Message> messages() {
        return test.session("s").view().entries().stream().map(Entry::message).toList();
    }

    private List<String> history() {
        return messages().stream().map(ReferenceTurn::line).toList();
    }

    private static String line(Message message) {
        List<String> words = message.parts().stream()
                .map(p -> switch (p) {
                    case Part.Text t -> t.text();
                    case Part.ToolCall c -> c.name();
                    case Part.ToolResult r -> r.content().startsWith(UNKNOWN) ? UNKNOWN : r.content();
                    default -> p.toString();
                })
                .toList();
        return message.role() + " " + String.join(message.role() == Message.Role.TOOL ? " / " : " ", words);
    }

    /** Whether a crash took the outcome of the ONCE tool. */
    boolean unknown() {
        return messages().stream()
                .flatMap(m -> m.parts().stream())
                .anyMatch(p -> p instanceof Part.ToolResult r && r.content().startsWith(UNKNOWN));
    }

    /** What was performed first after the last crash: an effect, or nothing; of the wake's turn if it says so. */
    String resumedAt() {
        return sinceCrash.stream()
                .filter(s -> s.matches("(wake: )?before model/.*"))
                .map(s -> s.replace("before ", ""))
                .findFirst()
                .orElse("nothing");
    }

    boolean crashed() {
        return crashed > 0;
    }

    List<Seam> seams() {
        return List.copyOf(seams);
    }

    @Override
    public void close() {
        test.close();
    }
}
