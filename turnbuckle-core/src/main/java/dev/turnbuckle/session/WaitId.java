package dev.turnbuckle.session;

import dev.turnbuckle.error.InvalidInputException;

/** Id of a wait; unguessable, so that whoever holds it may answer (J15). */
public record WaitId(String value) {
    public WaitId {
        if (value.isBlank()) {
            throw new InvalidInputException("a wait id must not be empty");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
