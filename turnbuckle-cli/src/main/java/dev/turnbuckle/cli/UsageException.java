package dev.turnbuckle.cli;

/** What the user asked for cannot be; the message says what can. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
