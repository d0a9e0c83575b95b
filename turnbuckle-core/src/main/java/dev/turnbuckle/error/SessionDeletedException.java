package dev.turnbuckle.error;

/** The session was deleted; its id is never used again (S4). */
public final class SessionDeletedException extends TurnbuckleException {
    private static final long serialVersionUID = 1L;

    public SessionDeletedException(String session) {
        super(
                Remedy.RELOAD,
                "session_deleted",
                "session \"" + session + "\" was deleted; ids are used once: open a session with another id");
    }
}
