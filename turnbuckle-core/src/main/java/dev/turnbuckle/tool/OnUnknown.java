package dev.turnbuckle.tool;

/** What follows when a crash took the outcome of a started {@code ONCE} call (J9). */
public enum OnUnknown {
    /** The model is told in words; it can look and decide. */
    TELL_MODEL,
    /** The turn suspends until a person says: done, not done, run it again. */
    ASK_HUMAN,
    FAIL_TURN
}
