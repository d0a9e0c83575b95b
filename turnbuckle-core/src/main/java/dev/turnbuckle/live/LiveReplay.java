package dev.turnbuckle.live;

import dev.turnbuckle.env.Environment;
import java.util.List;
import java.util.Set;

/**
 * Bounded buffer of recent events, one stream a session (rules O3 to O12). A hint, never the truth: when it cannot
 * answer it says so, and the observer takes a fresh observation. Thread-safe.
 */
public interface LiveReplay extends AutoCloseable {
    /** Called once before anything else; gives the clock and the tasks. */
    void open(Environment environment);

    /**
     * Adds one event. Never blocks on I/O or subscribers and never fails (O4). {@link Activity.Committed} raises the
     * stream's revision; one that is not newer is dropped, so that whoever sees a commit may publish it (O17).
     */
    void append(String session, Activity activity);

    /** The tail: its cursor and the open turn's items, taken as one. Makes the session's header (O10). */
    Tail tail(String session, long revision);

    /** Events after a cursor, oldest first; at most {@code most} at once. */
    CatchUp after(Cursor cursor, int most);

    /**
     * Raises {@code wake} soon after something was appended to the session; many appends may make one wake. What is
     * there to read is asked with {@link #after}: a subscriber is a position, not a queue (O8).
     */
    Subscription subscribe(String session, Environment.Signal wake);

    /** Sessions that have subscribers now. */
    Set<String> observed();

    /** The newest revision published for a session, or -1 when it has no header. */
    long revision(String session);

    /** Whether there is anything that {@link #trim} may drop later. */
    boolean holdsAny();

    /** Ends the session's subscriptions with a reason (O11). */
    void end(String session, String reason);

    /** Drops what is older than the bounds allow; called from time to time. */
    void trim();

    @Override
    void close();

    record Tail(Cursor cursor, List<Observation.OpenItem> open) {
        public Tail {
            open = List.copyOf(open);
        }
    }

    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
