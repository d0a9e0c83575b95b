package dev.turnbuckle.internal.engine;

import dev.turnbuckle.internal.codec.Golden;
import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.Usage;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The recorded outcomes of effects: a turn that an older program began is recalled by this one. */
class GoldenOutcomesTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private static <T> void stable(String file, Class<T> type, List<T> values) throws IOException {
        Golden.requireStable(GoldenOutcomesTest.class, file, type, values);
    }

    @Test
    void j03_modelOutcomes() throws IOException {
        stable(
                "model-outcomes.jsonl",
                Outcomes.ModelOutcome.class,
                List.of(
                        new Outcomes.ModelOutcome(
                                List.of(
                                        new Part.Reasoning("Hm.", "sig"),
                                        new Part.Text("Good day."),
                                        new Part.ToolCall("c-1", "refund", "{\"order\":\"A-17\"}")),
                                Usage.of(120, 7),
                                "tool_calls",
                                "local:small",
                                null,
                                List.of(new Outcomes.ModelAttempt(
                                        "RATE_LIMIT", "slow down", "cloud:big", 30_000L, false))),
                        new Outcomes.ModelOutcome(
                                List.of(),
                                Usage.NONE,
                                "",
                                null,
                                "AUTH",
                                List.of(new Outcomes.ModelAttempt("AUTH", "no key", "cloud:big", null, false)))));
    }

    @Test
    void j04_toolOutcomes() throws IOException {
        stable(
                "tool-outcomes.jsonl",
                Outcomes.ToolOutcome.class,
                List.of(
                        Outcomes.ToolOutcome.of("performed", false, "refunded"),
                        new Outcomes.ToolOutcome(
                                "performed",
                                true,
                                "The tool failed",
                                List.of(new Outcomes.StateChange(3, "notes", 1, "{\"lines\":[\"a\"]}")),
                                List.of("2026-01-01T12:00:00Z", "k3j"),
                                List.of("half way"),
                                List.of(new Outcomes.Attempt("timeout", "too long")),
                                "ab12",
                                List.of(new Part.AttachmentRef("cd34", "image/png", 67, "chart.png")),
                                List.of(new Outcomes.Send(
                                        "other",
                                        new TurnId("t-9"),
                                        "{}",
                                        "key-1",
                                        Map.of("tenant", "acme"),
                                        60_000)))));
    }

    @Test
    void q05_steerOutcomes() throws IOException {
        stable(
                "steer-outcomes.jsonl",
                Outcomes.SteerOutcome.class,
                List.of(new Outcomes.SteerOutcome(List.of(12L, 13L))));
    }

    @Test
    void j15_waitOutcomes() throws IOException {
        stable(
                "wait-outcomes.jsonl",
                Outcomes.WaitOutcome.class,
                List.of(
                        new Outcomes.WaitOutcome(
                                "w-1",
                                new Decision.Answer(Decision.Verdict.APPROVED, null, "{\"cents\":1}"),
                                "alice",
                                NOON),
                        new Outcomes.WaitOutcome(
                                "w-2", new Decision.Answer(Decision.Verdict.REJECTED, "too much", null), "bob", NOON)));
    }

    @Test
    void t03_compositions() throws IOException {
        stable(
                "compositions.jsonl",
                Outcomes.CompositionOutcome.class,
                List.of(
                        new Outcomes.CompositionOutcome("gpt", Map.of("temperature", "0"), "aa", "bb", null, 1, null),
                        new Outcomes.CompositionOutcome("gpt", Map.of(), "aa", "bb", "cc", 41, null),
                        new Outcomes.CompositionOutcome(
                                "gpt",
                                Map.of(),
                                "aa",
                                "bb",
                                null,
                                1,
                                List.of(new ModelSpec("local:small", Map.of("seed", "7"))))));
        stable(
                "prompt-components.jsonl",
                Outcomes.PromptComponent.class,
                List.of(new Outcomes.PromptComponent("instructions", "You help.")));
    }
}
