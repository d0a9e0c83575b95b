package dev.turnbuckle.session;

import dev.turnbuckle.error.InvalidInputException;
import java.nio.charset.StandardCharsets;

/** What a session id may be (S1): Unicode text of 1 to 512 UTF-8 bytes, otherwise opaque. */
public final class SessionId {
    public static final int MAX_BYTES = 512;

    private SessionId() {}

    /**
     * @return the same id
     * @throws InvalidInputException naming what is wrong with it
     */
    public static String require(String id) {
        if (id.isEmpty()) {
            throw new InvalidInputException("a session id must not be empty");
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (c == 0) {
                throw new InvalidInputException("a session id must not contain U+0000 (index " + i + ")");
            }
            if (Character.isHighSurrogate(c) && i + 1 < id.length() && Character.isLowSurrogate(id.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new InvalidInputException("a session id must be valid Unicode: lone surrogate at index " + i);
            }
        }
        int bytes = id.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new InvalidInputException(
                    "a session id is limited to " + MAX_BYTES + " UTF-8 bytes, this one has " + bytes);
        }
        return id;
    }
}
