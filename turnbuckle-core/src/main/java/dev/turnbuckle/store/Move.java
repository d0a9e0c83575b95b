package dev.turnbuckle.store;

import dev.turnbuckle.session.MoveResult;
import dev.turnbuckle.session.TurnId;

/**
 * A change of a session's head outside a turn (T7), one transaction under a lease of its own.
 *
 * @param agent that a session which this makes runs
 * @param by what the entries name as their turn
 * @param clearState whether the checkpoint is left behind; the map of components is empty then
 */
public record Move(
        String session, String agent, TurnId by, Claimant claimant, Commit.History history, boolean clearState) {
    /** @param after the session as it is now; {@code null} when it was not moved */
    public record Done(
            MoveResult result,
            @org.jspecify.annotations.Nullable SessionRow after) {}
}
