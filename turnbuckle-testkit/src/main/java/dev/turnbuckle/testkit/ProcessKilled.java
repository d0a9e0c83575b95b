package dev.turnbuckle.testkit;

/**
 * Unwinds a task of a {@link TestProcess} that was killed. An error, so that no {@code catch (Exception)} takes a crash
 * for a failure and goes on; do not catch it.
 */
public final class ProcessKilled extends Error {
    private static final long serialVersionUID = 1L;

    ProcessKilled(String process) {
        super("process \"" + process + "\" was killed", null, false, false);
    }
}
