package dev.turnbuckle.error;

/** The application or its store is put together in a way that cannot work; the message names what to change. */
public final class WiringException extends TurnbuckleException {
    private static final long serialVersionUID = 1L;

    public WiringException(String message) {
        super(Remedy.REWIRE, "wiring", message);
    }
}
