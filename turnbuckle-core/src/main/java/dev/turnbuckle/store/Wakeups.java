package dev.turnbuckle.store;

import java.util.function.Consumer;

/**
 * Hints between the nodes that share a store, so that they need not ask it all the time. Behind every hint there is a
 * look that would find the same a little later: a lost one costs time, never work.
 */
public interface Wakeups {
    /** Nobody tells anything: who shares the store looks often. */
    Wakeups NONE = new Wakeups() {
        @Override
        public void listen(Consumer<Hint> listener) {}

        @Override
        public void tell(Hint hint) {}

        @Override
        public boolean flowing() {
            return false;
        }
    };

    enum Kind {
        /** A session may have something to drive that the teller does not drive itself. */
        DUE,
        /** A session was committed, suspended, cancelled or deleted. */
        CHANGED,
        /** Hints may have been lost: look at everything. */
        MISSED
    }

    /** @param session empty for {@link Kind#MISSED} */
    record Hint(Kind kind, String session) {
        public static final Hint MISSED = new Hint(Kind.MISSED, "");
    }

    /** @param listener told what other nodes say, on a task of the storage's; must return soon. The last one counts */
    void listen(Consumer<Hint> listener);

    /** Tells the other nodes; returns at once. */
    void tell(Hint hint);

    /** Whether hints arrive now. While they do, looking now and then is enough. */
    boolean flowing();
}
