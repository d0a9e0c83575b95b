package dev.turnbuckle.error;

/** The waiting thread was interrupted; its flag is set again and the turn goes on. */
public final class AwaitInterruptedException extends TurnbuckleException {
    private static final long serialVersionUID = 1L;

    public AwaitInterruptedException(String message) {
        super(Remedy.RETRY, "interrupted", message);
    }
}
