package dev.turnbuckle.error;

/** A text or value was asked of an outcome that is not an answer; the message names the outcome and what to do. */
public final class NoAnswerException extends TurnbuckleException {
    private static final long serialVersionUID = 1L;

    public NoAnswerException(String message) {
        super(Remedy.RELOAD, "no_answer", message);
    }
}
