package dev.turnbuckle.internal.engine;

import dev.turnbuckle.model.ModelSpec;
import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.Usage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The recorded forms of outcomes; golden files fix their JSON. */
final class Outcomes {
    private Outcomes() {}

    /** One try that failed before the one that counts (J12). */
    record Attempt(String failure, String message) {}

    /**
     * The same of a model.
     *
     * @param failure kind of the failure
     * @param retryAfterMillis what the vendor asked us to wait
     * @param output whether something was shown before it failed; then there is no further try
     */
    record ModelAttempt(
            String failure,
            String message,
            @Nullable String model,
            @Nullable Long retryAfterMillis,
            boolean output) {}

    /**
     * @param model the one that answered, when it is not the first of the chain
     * @param failure kind of the failure when there is no answer
     */
    record ModelOutcome(
            List<Part> parts,
            Usage usage,
            String finish,
            @Nullable String model,
            @Nullable String failure,
            List<ModelAttempt> attempts) {}

    /**
     * @param how {@code performed}, {@code unknown}, {@code cancelled}, {@code refused}
     * @param state changes in the order of the turn ({@code seq})
     * @param values clock readings and ids that the body took (J5)
     * @param attachment digest of the whole output when it was cut
     * @param files what the call attached to its result
     * @param sends what leaves with the turn's commit
     */
    record ToolOutcome(
            String how,
            boolean error,
            String text,
            List<StateChange> state,
            List<String> values,
            List<String> progress,
            List<Attempt> attempts,
            @Nullable String attachment,
            @Nullable List<Part> files,
            @Nullable List<Send> sends) {
        static ToolOutcome of(String how, boolean error, String text) {
            return new ToolOutcome(how, error, text, List.of(), List.of(), List.of(), List.of(), null, null, null);
        }
    }

    /** An input that a call sends (J4). */
    record Send(
            String session,
            TurnId turn,
            String content,
            @Nullable String key,
            Map<String, String> context,
            long delayMillis) {}

    record StateChange(long seq, String name, int version, String json) {}

    record SteerOutcome(List<Long> inputs) {}

    record WaitOutcome(String id, Decision.Answer answer, String by, Instant at) {}

    /**
     * What the turn is composed of (T3), by content hash.
     *
     * @param from depth of the first entry that the model sees
     * @param fallbacks the rest of the chain of models, when there is one
     */
    record CompositionOutcome(
            String model,
            Map<String, String> parameters,
            String prompt,
            String tools,
            @Nullable String answerSchema,
            long from,
            @Nullable List<ModelSpec> fallbacks) {}

    record PromptComponent(String name, String text) {}
}
