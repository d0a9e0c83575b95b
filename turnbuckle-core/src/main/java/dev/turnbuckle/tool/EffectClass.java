package dev.turnbuckle.tool;

/** What a second run of a call would do (J8). Its author chooses; there is no default. */
public enum EffectClass {
    /** Changes nothing; may run again. */
    READ,
    /** May run again with the same idempotency key. */
    IDEMPOTENT,
    /** Recorded as started before it runs; never starts again by itself. */
    ONCE
}
