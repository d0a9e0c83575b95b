package dev.turnbuckle.live;

import dev.turnbuckle.error.InvalidInputException;

/**
 * Resumable position in a session's event stream (O1). Opaque: read {@link #value()} to hand it to a client, and parse
 * what comes back.
 *
 * @param incarnation the life of the buffer that gave the position
 * @param revision the newest committed revision at this position
 */
public record Cursor(String incarnation, long revision, long position, String session) {
    private static final String PREFIX = "tbc1";

    public String value() {
        return PREFIX + ":" + incarnation + ":" + revision + ":" + position + ":" + session;
    }

    /**
     * Reads the text form.
     *
     * @throws InvalidInputException saying which part is wrong (O2)
     */
    public static Cursor parse(String text) {
        String[] parts = text.split(":", 5);
        if (!parts[0].equals(PREFIX)) {
            throw malformed("it does not start with \"" + PREFIX + ":\"", text);
        }
        if (parts.length < 2 || !parts[1].matches("[a-zA-Z0-9]{1,64}")) {
            throw malformed("the incarnation is missing or not letters and digits", text);
        }
        long revision = number("revision", parts, 2, text);
        long position = number("position", parts, 3, text);
        if (parts.length < 5 || parts[4].isEmpty()) {
            throw malformed("the session id is empty", text);
        }
        return new Cursor(parts[1], revision, position, parts[4]);
    }

    private static long number(String what, String[] parts, int index, String text) {
        if (parts.length <= index || !parts[index].matches("[0-9]{1,18}")) {
            throw malformed("the " + what + " is missing or not a number", text);
        }
        return Long.parseLong(parts[index]);
    }

    private static InvalidInputException malformed(String why, String text) {
        String shown = text.length() <= 80 ? text : text.substring(0, 80) + "…";
        return new InvalidInputException(
                "not a cursor: " + why + " (\"" + shown + "\"); take it from an event or observation");
    }

    /** Hidden in logs. */
    @Override
    public String toString() {
        return "cursor@" + position;
    }
}
