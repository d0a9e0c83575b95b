package dev.turnbuckle.session;

import dev.turnbuckle.error.InvalidInputException;

/** Id of one turn, fixed when the input that opens it is accepted (T1). */
public record TurnId(String value) {
    public TurnId {
        if (value.isBlank()) {
            throw new InvalidInputException("a turn id must not be empty");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
