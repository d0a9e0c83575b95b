package dev.turnbuckle.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.cli.out.Layout;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.Usage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TranscriptTest {
    private static final TurnId T = new TurnId("t-1");

    private final Transcript transcript = new Transcript();

    private String shown(Activity... activities) {
        var layout = new Layout(() -> 79);
        layout.lineOfOthers();
        var text = new StringBuilder();
        for (Activity activity : activities) {
            layout.lay(transcript.on(activity)).forEach(s -> text.append(s.text()));
        }
        layout.fresh().forEach(s -> text.append(s.text()));
        return text.toString();
    }

    private static String lines(String... lines) {
        return String.join("\n", lines) + "\n";
    }

    private static Activity asked(String item, String model) {
        return new Activity.ModelStarted(T, item, model);
    }

    private static Activity says(String item, String text) {
        return new Activity.TextDelta(T, item, text);
    }

    private static Activity answered(String item) {
        return new Activity.ModelEnded(T, item, true, Usage.of(12, 4));
    }

    private static Activity ends(String answer) {
        return new Activity.TurnEnded(T, new TurnOutcome.Answered(T, answer, Usage.of(12, 4)));
    }

    @Test
    void reasoningToolsAndTheAnswerStandApart() {
        assertThat(shown(
                        asked("model/1#1.1", "m"),
                        new Activity.ReasoningDelta(T, "model/1#1.1", "Let me "),
                        new Activity.ReasoningDelta(T, "model/1#1.1", "look."),
                        answered("model/1#1.1"),
                        new Activity.ToolStarted(T, "model/1/tool/0", "weather", "READ", "{\"city\":\"Oslo\"}"),
                        new Activity.ToolEnded(T, "model/1/tool/0", "weather", "performed", false, "7 °C"),
                        asked("model/2#1.1", "m"),
                        says("model/2#1.1", "Take "),
                        says("model/2#1.1", "a coat."),
                        answered("model/2#1.1"),
                        ends("Take a coat.")))
                .isEqualTo(lines(
                        "",
                        "  thinks: Let me look.",
                        "",
                        "  ▸ weather        READ  city: Oslo",
                        "  ✓ weather        7 °C",
                        "",
                        "Take a coat.",
                        "",
                        "  m · 12 in, 4 out",
                        ""));
    }

    @Test
    void anAnswerThatDidNotStreamIsShownAtTheEnd() {
        assertThat(shown(new Activity.ModelEnded(T, "model/1", false, Usage.NONE), ends("Take a coat.")))
                .contains("Take a coat.");
    }

    @Test
    void wordsThatNeverHappenedAreSaidToBeTakenBack() {
        assertThat(shown(
                        asked("model/1#1.1", "m"),
                        says("model/1#1.1", "Let me think about"),
                        new Activity.Retracted(T, List.of("model/1#1.1")),
                        new Activity.ModelRetry(T, "model/1#1.2", 1, Duration.ofMillis(1500), "OVERLOADED"),
                        asked("model/1#1.2", "m"),
                        says("model/1#1.2", "Yes.")))
                .isEqualTo(lines(
                        "",
                        "Let me think about",
                        "",
                        "  ↶ taken back     the last 4 words; they never happened",
                        "  ↻ model          failed (overloaded); asked again in 1.5 s",
                        "",
                        "Yes."));
    }

    @Test
    void aWholeAnswerThatTheNextDriveRecallsStands() {
        assertThat(shown(
                        says("model/1#1.1", "I will ask."),
                        answered("model/1#1.1"),
                        new Activity.Retracted(T, List.of("model/1#1.1")),
                        new Activity.ModelEnded(T, "model/1", false, Usage.NONE),
                        asked("model/2#2.1", "m")))
                .isEqualTo("\nI will ask.\n");
    }

    @Test
    void aWholeAnswerThatTheNextDriveAsksForAgainIsTakenBack() {
        assertThat(shown(
                        says("model/1#1.1", "I will ask."),
                        answered("model/1#1.1"),
                        new Activity.Retracted(T, List.of("model/1#1.1")),
                        asked("model/1#2.1", "m")))
                .contains("taken back     the last 3 words");
    }

    @Test
    void aCallThatTheJournalAnswersIsSaidOnce() {
        var ran = new Activity.ToolEnded(T, "model/1/tool/0", "pay", "performed", false, "ok");
        var recalled = new Activity.ToolEnded(T, "model/1/tool/0", "pay", "recalled", false, "ok");
        var other = new Activity.ToolEnded(T, "model/1/tool/1", "look", "recalled", false, "7");

        assertThat(shown(ran, recalled, other))
                .isEqualTo(
                        lines("", "  ✓ pay            ok", "  ✓ look           [from the journal, not run again] 7"));
    }

    @Test
    void anUnknownOutcomeLooksLikeNoSuccess() {
        assertThat(shown(new Activity.ToolEnded(T, "model/1/tool/0", "pay", "unknown", true, "The outcome is unknown")))
                .contains("? pay            [outcome unknown, not run again] The outcome is unknown");
    }

    @Test
    void anotherModelOfTheChainIsNamed() {
        assertThat(shown(asked("model/1#1.1", "a:x"), asked("model/1#1.2", "b:y")))
                .contains("↻ model          now b:y");
    }

    @Test
    void whatTheModelReadsIsShownUnlessItWasTypedHere() {
        transcript.typed("Hello");

        assertThat(shown(new Activity.InputApplied(T, 1, "Hello"))).isEmpty();
        assertThat(shown(new Activity.InputApplied(T, 2, "And this"))).contains("↳ the model reads: And this");
        assertThat(shown(new Activity.InputApplied(T, 2, "And this"))).isEmpty();
    }

    @Test
    void everyEndIsTold() {
        assertThat(shown(new Activity.TurnEnded(T, new TurnOutcome.Cancelled(T, "", "ann", "enough"))))
                .contains("✗ cancelled      enough, by ann");
        assertThat(shown(new Activity.TurnEnded(
                        new TurnId("t-2"),
                        new TurnOutcome.Failed(new TurnId("t-2"), "model_auth", "no valid key", false))))
                .contains("✗ failed         model_auth", "no valid key", "mend that, then /retry");
        assertThat(shown(new Activity.TurnEnded(
                        new TurnId("t-3"), new TurnOutcome.BudgetExhausted(new TurnId("t-3"), "tokens 10", ""))))
                .contains("✗ stopped        the budget is exhausted: tokens 10");
    }

    @Test
    void anEndIsToldOnce() {
        assertThat(shown(ends("Yes."))).contains("Yes.");
        assertThat(transcript.endedElsewhere(new TurnOutcome.Answered(T, "Yes.", Usage.NONE)))
                .isEmpty();
    }
}
