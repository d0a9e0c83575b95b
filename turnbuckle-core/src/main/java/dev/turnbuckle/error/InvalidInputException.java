package dev.turnbuckle.error;

/** A value that was handed in cannot be accepted; the message names the value, the limit and the remedy. Nothing was changed. */
public final class InvalidInputException extends TurnbuckleException {
    private static final long serialVersionUID = 1L;

    public InvalidInputException(String message) {
        super(Remedy.REWIRE, "invalid_input", message);
    }
}
