package dev.turnbuckle.testkit;

import dev.turnbuckle.model.ModelFailure;
import dev.turnbuckle.session.Part;
import dev.turnbuckle.session.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One answer, or failure, of a {@link ScriptedModel}; made by its static methods. Immutable: each wither returns a copy.
 *
 * @param parts what is answered
 * @param failure what is thrown instead, after nothing was streamed
 * @param after pause before the first token
 * @param pausing pause between tokens
 */
public record Step(List<Part> parts, @Nullable ModelFailure failure, Duration after, Duration pausing, Usage usage) {
    public Step {
        parts = List.copyOf(parts);
        if (after.isNegative() || pausing.isNegative()) {
            throw new IllegalArgumentException("pauses of a step must not be negative: " + after + ", " + pausing);
        }
    }

    static Step of(List<? extends Part> parts) {
        return new Step(List.copyOf(parts), null, Duration.ZERO, Duration.ZERO, Usage.NONE);
    }

    /** The same answer goes on with what the other step says: {@code thinks("Hm.").and(says("Yes."))}. */
    public Step and(Step other) {
        if (failure != null || other.failure != null) {
            throw new IllegalArgumentException("a failure is a step of its own");
        }
        var all = new ArrayList<>(parts);
        all.addAll(other.parts);
        return new Step(all, null, after.plus(other.after), longer(other.pausing), usage.plus(other.usage));
    }

    private Duration longer(Duration other) {
        return pausing.compareTo(other) > 0 ? pausing : other;
    }

    public Step after(Duration pause) {
        return new Step(parts, failure, pause, pausing, usage);
    }

    public Step pausing(Duration betweenTokens) {
        return new Step(parts, failure, after, betweenTokens, usage);
    }

    public Step usage(long input, long output) {
        return usage(Usage.of(input, output));
    }

    public Step usage(Usage counted) {
        return new Step(parts, failure, after, pausing, counted);
    }
}
