package dev.turnbuckle.session;

/** What became of a request to cancel a turn (T8). */
public enum CancelResult {
    REQUESTED,
    ALREADY_REQUESTED,
    /** The commit was first. */
    COMPLETION_WON,
    UNKNOWN_TURN
}
