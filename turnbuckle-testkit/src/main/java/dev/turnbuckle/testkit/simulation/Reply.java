package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.error.SessionDeletedException;
import dev.turnbuckle.error.TurnbuckleException;

/** What somebody outside hears of a request to a node. */
sealed interface Reply<T> {
    record Value<T>(T value) implements Reply<T> {}

    record Failed<T>(Exception failure) implements Reply<T> {
        /** Whether the same request may be made again. */
        boolean again() {
            return failure instanceof TurnbuckleException e && e.remedy() == TurnbuckleException.Remedy.RETRY;
        }

        boolean sessionDeleted() {
            return failure instanceof SessionDeletedException;
        }
    }

    /** The connection broke: nobody knows whether the request was performed, or still will be. */
    record Lost<T>(String why) implements Reply<T> {}
}
