package dev.turnbuckle.live;

import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.Usage;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an event says. Everything about a turn is provisional until {@link Committed}; {@code item} is the correlation
 * id that {@link Retracted} takes back (O18).
 */
public sealed interface Activity {
    /** Reads what a program of this or another version wrote: what this one does not know arrives as {@link Unknown} (O19). */
    static Activity read(String json) {
        return ActivityJson.read(json);
    }

    record TurnStarted(TurnId turn, int attempt) implements Activity {}

    record ModelStarted(TurnId turn, String item, String model) implements Activity {}

    record TextDelta(TurnId turn, String item, String text) implements Activity {}

    record ReasoningDelta(TurnId turn, String item, String text) implements Activity {}

    /** What was shown under these items never happened. */
    record Retracted(TurnId turn, List<String> items) implements Activity {}

    /** @param performed false when the outcome was recalled from the journal */
    record ModelEnded(TurnId turn, String item, boolean performed, Usage usage) implements Activity {}

    record ModelRetry(TurnId turn, String item, int attempt, Duration pause, String reason) implements Activity {}

    record ToolStarted(TurnId turn, String item, String tool, String effectClass, String arguments)
            implements Activity {}

    record ToolProgress(TurnId turn, String item, String text) implements Activity {}

    /** @param how {@code performed}, {@code recalled}, {@code unknown}, {@code cancelled}, {@code refused} */
    record ToolEnded(TurnId turn, String item, String tool, String how, boolean error, String text)
            implements Activity {}

    record ApprovalRequested(OpenWait asked) implements Activity {}

    /** Nobody decided in time: whom the wait names is asked too (J16). */
    record WaitEscalated(OpenWait asked) implements Activity {}

    record WaitDecided(TurnId turn, String id, String verdict, String by) implements Activity {}

    /** An input became part of this turn. */
    record InputApplied(TurnId turn, long sequence, String text) implements Activity {}

    record TurnSuspended(TurnId turn, List<OpenWait> waits) implements Activity {}

    record TurnEnded(TurnId turn, TurnOutcome outcome) implements Activity {}

    /** The view has a new revision; it replaces what was provisional. */
    record Committed(long revision, long added) implements Activity {}

    record Compacted(long revision, long keepsFrom) implements Activity {}

    /** @param change {@code accepted}, {@code cancelled}, {@code applied} */
    record InboxChanged(long sequence, TurnId turn, String change) implements Activity {}

    /** @param change {@code started}, {@code cancelled}, {@code ended} */
    record WorkChanged(String work, String change) implements Activity {}

    /**
     * The stream could not be continued; what follows continues from this observation (O14).
     *
     * @param missed how many events the reader fell behind (O9); {@code null} when that is not known
     */
    record Gap(
            CatchUp.Reason reason,
            String requested,
            Observation observation,
            @Nullable Long missed) implements Activity {}

    /** The session was deleted; nothing follows. */
    record SessionEnded(String reason) implements Activity {}

    /** An event of a newer program (O19). */
    record Unknown(String name, String json) implements Activity {}
}
