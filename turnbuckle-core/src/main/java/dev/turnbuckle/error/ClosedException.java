package dev.turnbuckle.error;

/** The runtime was closed while the caller waited; what was accepted stays accepted and the next runtime goes on with it (Q17). */
public final class ClosedException extends TurnbuckleException {
    private static final long serialVersionUID = 1L;

    public ClosedException(String message) {
        super(Remedy.RETRY, "closed", message);
    }
}
