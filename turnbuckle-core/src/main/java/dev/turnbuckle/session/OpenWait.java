package dev.turnbuckle.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a turn is suspended on: a one-shot keyed promise (J15).
 *
 * @param question what is asked, in words for the one who decides
 * @param details JSON: the tool, its arguments, their hash
 * @param deadline when it is answered by itself, as refused
 * @param escalation who else is told when nobody decides
 */
public record OpenWait(
        WaitId id,
        String session,
        TurnId turn,
        Kind kind,
        String question,
        String details,
        Instant since,
        @Nullable Instant deadline,
        @Nullable Escalation escalation) {
    public enum Kind {
        /** May this call run? */
        APPROVAL,
        /** A started {@code ONCE} call has no outcome: what happened? */
        UNKNOWN_OUTCOME
    }

    /**
     * A wait that nobody decided in time is put before somebody else too (J16).
     *
     * @param to a name of the host's: a person, a role, a queue
     * @param done whether that time has come and a worker has told so
     */
    public record Escalation(Instant at, String to, boolean done) {}

    /** Whether somebody else is to be told now, and was not yet. */
    public boolean escalates(Instant now) {
        return escalation != null && !escalation.done() && !escalation.at().isAfter(now);
    }

    /** The same wait, once that somebody was told. */
    public OpenWait escalated() {
        var e = java.util.Objects.requireNonNull(escalation);
        return new OpenWait(
                id, session, turn, kind, question, details, since, deadline, new Escalation(e.at(), e.to(), true));
    }

    @Override
    public String toString() {
        return question;
    }
}
