package dev.turnbuckle.jdbc;

import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.LiveReplay.Origin;
import dev.turnbuckle.session.TurnId;

/** What waits to be stored in a session's stream. Its position is given where it is stored (O12). */
sealed interface LiveEntry {
    /** What an entry takes in the queue beside its text. */
    int LEAST_SIZE = 64;

    Stamp stamp();

    /**
     * @param nanos when it was appended, on this process's monotonic clock
     */
    record Stamp(Origin origin, long nanos) {}

    /** @param json the activity as it is stored */
    record Show(Stamp stamp, Activity activity, String json) implements LiveEntry {
        @Override
        public int size() {
            return LEAST_SIZE + json.length();
        }
    }

    /** Takes back what the turn has open when this is stored. */
    record TakeBack(Stamp stamp, TurnId turn) implements LiveEntry {}

    /**
     * The store has this revision; -1 only makes the header.
     *
     * @param found by somebody who watches, and who can wait until the committer has said it
     */
    record Head(Stamp stamp, long revision, boolean found) implements LiveEntry {}

    default int size() {
        return LEAST_SIZE;
    }

    /** The revision that the store has, as far as whoever put this knows. */
    default long presumed() {
        return this instanceof Head head ? head.revision() : stamp().origin().revision();
    }
}
