package dev.turnbuckle.session;

import java.time.Instant;

/** What became of a change of a session's head outside a turn (T7). In every case but the first nothing changed. */
public sealed interface MoveResult {
    record Moved(long revision) implements MoveResult {}

    /** The session's turn has to end first. */
    record TurnOpen(TurnId turn) implements MoveResult {}

    /** Somebody holds the session's lease at this moment. */
    record Busy(String worker, Instant until) implements MoveResult {}
}
