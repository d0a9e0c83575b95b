package dev.turnbuckle.store;

import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.TurnSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The turn as a row (T2). */
public record TurnRow(
        String session,
        TurnId id,
        String agent,
        long baseRevision,
        String userText,
        TurnSummary.State state,
        Gate gate,
        int attempts,
        Times times,
        @Nullable String lastError,
        @Nullable Ending ending) {
    /** Raced by cancel and commit (T8). */
    public record Gate(
            State state, @Nullable String by, @Nullable String reason) {
        public enum State {
            OPEN,
            CANCELLED,
            SEALED
        }

        public static final Gate OPEN = new Gate(State.OPEN, null, null);

        public boolean cancelled() {
            return state == State.CANCELLED;
        }
    }

    /**
     * @param driven time that earlier drives spent, suspension excluded
     * @param notBefore pause before the next attempt after a failure
     */
    public record Times(
            Instant openedAt,
            Duration driven,
            @Nullable Instant notBefore,
            @Nullable Instant endedAt) {}

    /**
     * The receipt (S11) and what the turn leaves.
     *
     * @param record hash of the turn record
     * @param checkpoint hash of the root at this turn's end
     * @param dropped deleted sessions that the commit sent to in vain (S4)
     */
    public record Ending(
            String intent,
            TurnOutcome outcome,
            long revision,
            String record,
            @Nullable String checkpoint,
            List<String> dropped) {
        public Ending {
            dropped = List.copyOf(dropped);
        }
    }

    public TurnRow with(TurnSummary.State next) {
        return new TurnRow(session, id, agent, baseRevision, userText, next, gate, attempts, times, lastError, ending);
    }

    public TurnRow with(Gate next) {
        return new TurnRow(session, id, agent, baseRevision, userText, state, next, attempts, times, lastError, ending);
    }

    public TurnRow with(Times next) {
        return new TurnRow(session, id, agent, baseRevision, userText, state, gate, attempts, next, lastError, ending);
    }

    public TurnRow attempts(int next, @Nullable String error) {
        return new TurnRow(session, id, agent, baseRevision, userText, state, gate, next, times, error, ending);
    }

    public TurnRow ended(Ending end, Times at) {
        return new TurnRow(
                session,
                id,
                agent,
                baseRevision,
                userText,
                TurnSummary.State.ENDED,
                gate.cancelled() ? gate : new Gate(Gate.State.SEALED, null, null),
                attempts,
                at,
                lastError,
                end);
    }

    public TurnSummary summary() {
        return new TurnSummary(
                id,
                state,
                userText,
                attempts,
                ending == null ? 0 : ending.revision(),
                times.openedAt(),
                times.endedAt(),
                ending == null ? null : ending.outcome(),
                gate.cancelled() ? gate.by() : null);
    }
}
