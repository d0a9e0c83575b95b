package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.env.Environment.Signal;
import dev.turnbuckle.env.Environment.Task;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Breaks connections whose server has fallen silent, so that whoever waits for an answer is told. A timeout of the socket
 * does the same, and costs each read of a virtual thread a timer that another thread arms and disarms: ten times a turn.
 *
 * <p>The network's time is real, whatever clock the storage decides by. It is counted in looks: a process that was stopped
 * and goes on has looked once, and its servers may still answer. A message and its answer must be through in that time,
 * however large they are. A connection that is given back in the moment in which it is broken is one that the pool
 * replaces.
 */
final class SilenceWatch {
    private static final Logger LOG = LoggerFactory.getLogger(SilenceWatch.class);

    /** So many without a new question are silence. */
    private static final int LOOKS = 8;

    private final Environment environment = Environment.system();
    private final List<Seat> seats = new CopyOnWriteArrayList<>();
    private final Signal closed = environment.signal();
    private final long open = closed.version();
    private final Duration pause;
    private final Task watching;

    /** @param atMost how long a server may be silent; it is found out within a quarter more */
    SilenceWatch(Duration atMost) {
        pause = atMost.dividedBy(LOOKS);
        watching = environment.start("turnbuckle-postgres-silence", this::watch);
    }

    /** For one thread that asks servers one thing after the other. */
    Seat seat() {
        var seat = new Seat();
        seats.add(seat);
        return seat;
    }

    private void watch() {
        try {
            while (!closed.await(open, pause)) {
                for (Seat seat : seats) {
                    Connection silent = seat.look();
                    if (silent != null) {
                        environment.start("turnbuckle-postgres-abort", () -> abort(silent));
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** On a task of its own: to close an encrypted connection may wait for whoever writes to it. */
    private static void abort(Connection silent) {
        try {
            Ending.abort(silent);
        } catch (RuntimeException e) { // an application's wrapper
            LOG.warn("a connection whose server is silent cannot be broken", e);
        }
    }

    void close() {
        closed.raise();
        OpenDatabase.join(watching);
    }

    /** Used by one thread; the watch looks at it. */
    static final class Seat {
        private volatile @Nullable Connection connection;
        private volatile long asked;
        private long seen;
        private int looks;

        /** From now on it is watched, and has no timeout of its own until the pool has it back. */
        void take(Connection watched) throws SQLException {
            watched.setNetworkTimeout(Runnable::run, 0);
            ask();
            connection = watched;
        }

        /** Something goes to the server. */
        @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes it
        void ask() {
            asked++;
        }

        void leave() {
            connection = null;
        }

        /**
         * Called by one thread, again and again.
         *
         * @return the connection that is to be broken
         */
        @Nullable Connection look() {
            Connection watched = connection;
            if (watched == null || asked != seen) {
                seen = asked;
                looks = 0;
            } else if (++looks >= LOOKS) {
                looks = 0;
                return watched;
            }
            return null;
        }
    }
}
