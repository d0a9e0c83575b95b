package dev.turnbuckle.live;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.error.InvalidInputException;
import dev.turnbuckle.session.TurnId;
import java.time.Duration;
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
     * stream's revision; one that is not newer is dropped, so that whoever sees a commit may publish it (O17). A stream
     * that lacks the revision which the origin names is told of it first.
     */
    void append(String session, Origin origin, Activity activity);

    /** The same for what is shown by nobody who drives. */
    default void append(String session, Activity activity) {
        append(session, Origin.OUTSIDE, activity);
    }

    /**
     * Takes back what an open turn has shown and nothing has settled: one event that names exactly its items (O18), or
     * none when there are none.
     */
    default void retract(String session, Origin origin, TurnId turn) {
        List<String> shown = OpenFold.correlations(tail(session, -1).open());
        if (!shown.isEmpty()) {
            append(session, origin, new Activity.Retracted(turn, shown));
        }
    }

    /**
     * The store has this revision, as somebody found who has not committed it: {@link Activity.Committed} is published
     * unless it was (O17). Where others append to the same stream, whoever committed it is given a moment to say so.
     */
    default void head(String session, long revision) {
        append(session, new Activity.Committed(revision, 0));
    }

    /** A cursor that everything appended from now on comes after; it may lie before the tail. */
    default Cursor mark(String session) {
        return tail(session, -1).cursor();
    }

    /**
     * The tail: its cursor and the open turn's items, taken as one. Makes the session's header (O10). A stream that lacks
     * this revision, which the store is known to have, is told of it.
     *
     * @param revision -1 when nothing is known
     */
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

    /** Whether somebody observes this one; asked for each session that another node tells of. */
    default boolean observes(String session) {
        return observed().contains(session);
    }

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

    /**
     * Who shows something. Where many nodes append to one stream, it keeps out what comes too late: what led to a
     * revision that is there already (O16), and what a drive shows whose lease was passed on.
     *
     * @param revision that the drive goes on from; -1 for what belongs to no drive
     * @param generation of the drive's lease; -1 for what belongs to no drive
     */
    record Origin(long revision, long generation) {
        public static final Origin OUTSIDE = new Origin(-1, -1);
    }

    /**
     * Bounds of each session's buffer (O7).
     *
     * @param idle how long the header of a session without events and subscribers is kept (O10)
     */
    record Bounds(int events, Duration age, long bytes, Duration idle) {
        public static final Bounds DEFAULT = new Bounds(2_048, Duration.ofMinutes(2), 4L << 20, Duration.ofMinutes(10));

        public Bounds {
            if (events < 1 || bytes < 1 || age.isNegative() || idle.isNegative()) {
                throw new InvalidInputException("live replay bounds must be positive: " + events + " events, " + bytes
                        + " bytes, " + age + ", " + idle);
            }
        }
    }

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
