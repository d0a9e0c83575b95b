package dev.turnbuckle;

import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.session.Decision;
import dev.turnbuckle.session.Decision.Answer;
import dev.turnbuckle.session.Decision.Verdict;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.WaitId;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.store.WaitRow;
import java.util.List;
import java.util.Optional;

/**
 * What turns wait for, answered from any node. The first answer wins; a later one learns who was first (J15). An answer
 * of the wrong kind (approving a call whose outcome is unknown) is an {@link InvalidInputException} that names the right
 * ones.
 */
public final class Waits {
    /** How many open waits are listed at most. */
    public static final int MOST = 1_000;

    private final Turnbuckle turnbuckle;

    Waits(Turnbuckle turnbuckle) {
        this.turnbuckle = turnbuckle;
    }

    /** @throws InvalidInputException when no such wait is known: forged, revoked and deleted look alike */
    public OpenWait get(WaitId id) {
        return row(id).open();
    }

    /** Undecided ones of all sessions, oldest first. */
    public List<OpenWait> open() {
        return turnbuckle.node().storage().journal().openWaits(Optional.empty(), MOST);
    }

    public Decision approve(WaitId id, String by) {
        return resolve(id, Answer.of(Verdict.APPROVED), by);
    }

    /**
     * Approves the call with other arguments.
     *
     * @param editedArguments a JSON object
     * @throws InvalidInputException when it is not one
     */
    public Decision approve(WaitId id, String by, String editedArguments) {
        if (!Json.parse(editedArguments).isObject()) {
            throw new InvalidInputException("edited arguments are one JSON object, as a tool's arguments are");
        }
        return resolve(id, new Answer(Verdict.APPROVED, null, editedArguments), by);
    }

    public Decision reject(WaitId id, String by, String reason) {
        return resolve(id, new Answer(Verdict.REJECTED, reason, null), by);
    }

    /** The call of unknown outcome happened, with this result. */
    public Decision done(WaitId id, String by, String result) {
        return resolve(id, new Answer(Verdict.DONE, result, null), by);
    }

    /** The call of unknown outcome did not happen. */
    public Decision notDone(WaitId id, String by) {
        return resolve(id, Answer.of(Verdict.NOT_DONE), by);
    }

    /** The call of unknown outcome shall run again. */
    public Decision runAgain(WaitId id, String by) {
        return resolve(id, Answer.of(Verdict.RUN_AGAIN), by);
    }

    private Decision resolve(WaitId id, Answer answer, String by) {
        OpenWait wait = get(id);
        requireAnswerTo(wait, answer.verdict());
        Decision decision =
                turnbuckle.node().storage().journal().resolve(id, answer, by).orElseThrow(Waits::unknown);
        turnbuckle.node().ends().changed(new Turns.TurnRef(wait.session(), wait.turn()));
        turnbuckle.worker().offer(wait.session());
        return decision;
    }

    /** Taken for the other kind's answer, it would tell the model something that nobody said. */
    private static void requireAnswerTo(OpenWait wait, Verdict verdict) {
        boolean ofApproval = verdict == Verdict.APPROVED || verdict == Verdict.REJECTED;
        if (ofApproval != (wait.kind() == OpenWait.Kind.APPROVAL)) {
            throw new InvalidInputException("\"" + wait.question() + "\" is answered with "
                    + (ofApproval ? "done(…), notDone(…) or runAgain(…)" : "approve(…) or reject(…)"));
        }
    }

    private WaitRow row(WaitId id) {
        return turnbuckle.node().storage().journal().findWait(id).orElseThrow(Waits::unknown);
    }

    private static InvalidInputException unknown() {
        return new InvalidInputException("no open wait has this id; it may have been revoked with its session");
    }
}
