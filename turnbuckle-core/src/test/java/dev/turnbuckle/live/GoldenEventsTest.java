package dev.turnbuckle.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.internal.codec.Golden;
import dev.turnbuckle.session.Entry;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.SessionView;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.session.WaitId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The JSON of every activity, outcome and message part is fixed by a file. */
class GoldenEventsTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final TurnId TURN = new TurnId("t-1");
    private static final Usage USAGE = new Usage(120L, 80L, null, 7L, 0L);
    private static final OpenWait WAIT = new OpenWait(
            new WaitId("w-1"),
            "user:42",
            TURN,
            OpenWait.Kind.APPROVAL,
            "May \"refund\" run?",
            "{\"tool\":\"refund\"}",
            NOON,
            NOON.plus(Duration.ofDays(30)),
            null);
    private static final OpenWait FOREVER = new OpenWait(
            new WaitId("w-2"),
            "user:42",
            TURN,
            OpenWait.Kind.UNKNOWN_OUTCOME,
            "Done?",
            "{}",
            NOON,
            null,
            new OpenWait.Escalation(NOON.plus(Duration.ofHours(1)), "duty officer", true));

    private static final List<Part> PARTS = List.of(
            new Part.Text("7 °C, \"rain\"\n🚀"),
            new Part.Reasoning("Hm.", "sig-1"),
            new Part.Reasoning("Hm.", null),
            new Part.ToolCall("call-1-1", "refund", "{\"order\": \"A-17\"}"),
            new Part.ToolResult("call-1-1", "refund", "refunded", false),
            new Part.AttachmentRef("ab12", "image/png", 1_234, "a.png"),
            new Part.Opaque("vendor", "{\"x\":[1]}"));

    private static final List<TurnOutcome> OUTCOMES = List.of(
            new TurnOutcome.Answered(TURN, "Done.", USAGE),
            new TurnOutcome.Answered(TURN, "Done.", Usage.NONE),
            new TurnOutcome.Suspended(TURN, List.of(WAIT, FOREVER)),
            new TurnOutcome.Cancelled(TURN, "Go", "alice", "pressed stop"),
            new TurnOutcome.BudgetExhausted(TURN, "iterations 100", "Still"),
            new TurnOutcome.Failed(TURN, "model_auth", "no key", false));

    private static final Observation OBSERVATION = new Observation(
            new SessionView(
                    "user:42", "support", 3, List.of(new Entry(1, 1, TURN, Message.user("Hello"), "c0ffee")), TURN),
            new Cursor("k3j", 3, 17, "user:42"),
            List.of(new Observation.OpenItem("model/1#1.1", "text", "Good", NOON, false)));

    private static final List<Activity> ACTIVITIES = List.of(
            new Activity.TurnStarted(TURN, 1),
            new Activity.ModelStarted(TURN, "model/1#1.1", "gpt"),
            new Activity.TextDelta(TURN, "model/1#1.1", "Good "),
            new Activity.ReasoningDelta(TURN, "model/1#1.1", "Hm."),
            new Activity.Retracted(TURN, List.of("model/1#1.1", "model/1#1.2")),
            new Activity.ModelEnded(TURN, "model/1#1.1", true, USAGE),
            new Activity.ModelRetry(TURN, "model/1#1.1", 2, Duration.ofMillis(1_500), "RATE_LIMIT"),
            new Activity.ToolStarted(TURN, "model/1/tool/0", "refund", "ONCE", "{\"order\":\"A-17\"}"),
            new Activity.ToolProgress(TURN, "model/1/tool/0", "half way"),
            new Activity.ToolEnded(TURN, "model/1/tool/0", "refund", "performed", false, "refunded"),
            new Activity.ApprovalRequested(WAIT),
            new Activity.WaitEscalated(FOREVER),
            new Activity.WaitDecided(TURN, "w-1", "APPROVED", "alice"),
            new Activity.InputApplied(TURN, 12, "Hello"),
            new Activity.TurnSuspended(TURN, List.of(WAIT)),
            new Activity.TurnEnded(TURN, OUTCOMES.getFirst()),
            new Activity.Committed(4, 2),
            new Activity.Compacted(5, 40),
            new Activity.InboxChanged(12, TURN, "accepted"),
            new Activity.WorkChanged("w", "started"),
            new Activity.Gap(CatchUp.Reason.TRIMMED, "tbc1:k3j:1:2:user:42", OBSERVATION, 3L),
            new Activity.SessionEnded("deleted"),
            new Activity.Unknown("sparkle", "{\"v\":2}"));

    @Test
    void everyActivityIsWrittenAndReadAsTheFileSays() throws IOException {
        Golden.requireEveryCase(Activity.class, ACTIVITIES);
        Golden.requireStable(GoldenEventsTest.class, "activities.jsonl", Activity.class, ACTIVITIES);
    }

    @Test
    void everyEventIsWrittenWithVersionAndCursor() throws IOException {
        var cursor = new Cursor("k3j", 3, 18, "user:42");
        assertThat(ACTIVITIES.stream().map(a -> new SessionEvent(cursor, a)).map(e -> e.type() + " " + e.json()))
                .containsExactlyElementsOf(Golden.lines(GoldenEventsTest.class, "events.txt"));
    }

    @Test
    void everyOutcomeIsWrittenAndReadAsTheFileSays() throws IOException {
        Golden.requireEveryCase(TurnOutcome.class, OUTCOMES);
        Golden.requireStable(GoldenEventsTest.class, "outcomes.jsonl", TurnOutcome.class, OUTCOMES);
    }

    @Test
    void everyPartIsWrittenAndReadAsTheFileSays() throws IOException {
        Golden.requireEveryCase(Part.class, PARTS);
        Golden.requireStable(GoldenEventsTest.class, "parts.jsonl", Part.class, PARTS);
    }

    @Test
    void aMessageIsWrittenAndReadAsTheFileSays() throws IOException {
        List<Message> messages = List.of(
                Message.user("Hello"),
                Message.runtime("A summary."),
                Message.of(Message.Role.TOOL, PARTS),
                new Message(Message.Role.ASSISTANT, List.of(), true));
        Golden.requireStable(GoldenEventsTest.class, "messages.jsonl", Message.class, messages);
    }
}
