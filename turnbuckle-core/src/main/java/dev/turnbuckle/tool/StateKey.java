package dev.turnbuckle.tool;

import dev.turnbuckle.error.InvalidInputException;
import java.util.function.Supplier;

/**
 * Names one piece of a session's durable state: a component of its checkpoint (S21).
 *
 * @param version encoding version of the type; a stored one that is newer fails closed (S23)
 * @param type an immutable value that JSON carries: a record
 */
public record StateKey<S>(String name, int version, Class<S> type, Supplier<S> initial) {
    public StateKey {
        if (!name.matches("[a-zA-Z0-9._-]{1,64}")) {
            throw new InvalidInputException(
                    "a state key's name is 1 to 64 letters, digits, '.', '_' or '-': \"" + name + "\"");
        }
        if (version < 1) {
            throw new InvalidInputException("a state key's version starts at 1: " + version);
        }
    }

    public static <S> StateKey<S> of(String name, int version, Class<S> type, Supplier<S> initial) {
        return new StateKey<>(name, version, type, initial);
    }
}
