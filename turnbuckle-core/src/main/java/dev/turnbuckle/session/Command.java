package dev.turnbuckle.session;

/**
 * A change of a session that takes its place in the inbox, behind what was sent before and ahead of what is sent after,
 * and never becomes text that a model sees (Q1). It is a turn of its own, without a model call.
 */
public sealed interface Command {
    /** History begins anew on a root branch of its own, and what tools and plugins remembered is left behind. */
    record StartOver() implements Command {}

    /** What the host says about the session. */
    record Describe(SessionSummary.Metadata metadata) implements Command {}
}
