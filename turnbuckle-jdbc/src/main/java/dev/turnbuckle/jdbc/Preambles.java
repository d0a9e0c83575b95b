package dev.turnbuckle.jdbc;

import java.time.Duration;
import java.util.List;

/**
 * What goes to the server before the first statement of a transaction, and with it. Where the connections are ours it
 * begins the transaction, too.
 *
 * @param writing of a transaction that may change rows
 * @param urgent of one that must not wait for another's lock
 * @param shared of one that a tool writes in, begun by the driver: its own queries are planned as usual, and it may think
 *     between them
 * @param reset what a connection is told when it comes back from a tool
 */
record Preambles(List<String> reading, List<String> writing, List<String> urgent, List<String> shared, String reset) {
    private static final String SNAPSHOT = "ISOLATION LEVEL REPEATABLE READ, READ ONLY";
    private static final String WRITING = "ISOLATION LEVEL READ COMMITTED, READ WRITE";
    private static final String PLANS = "SET LOCAL enable_seqscan = ";

    /** On the application's connections: the driver begins, and nobody knows what they bring with them. */
    static Preambles ofDriver(PostgresStorage.Timeouts timeouts) {
        return whole("SET TRANSACTION ", timeouts);
    }

    /** On connections of our own of which nobody knows what they bring with them, such as a pooler's. */
    static Preambles ofStatement(PostgresStorage.Timeouts timeouts) {
        return whole("BEGIN ", timeouts);
    }

    private static Preambles whole(String begin, PostgresStorage.Timeouts timeouts) {
        String statement = within("statement", timeouts.statement());
        String lock = within("lock", timeouts.lock());
        String idle = within("idle_in_transaction_session", PostgresStorage.Timeouts.IDLE);
        return new Preambles(
                List.of(begin + SNAPSHOT, statement),
                List.of(begin + WRITING, statement, lock, idle, PLANS + "off"),
                List.of(begin + WRITING, statement, within("lock", urgent(timeouts)), idle, PLANS + "off"),
                List.of("SET TRANSACTION " + WRITING, statement, lock),
                "");
    }

    /** On connections of our own that have the {@link ConnectionDefaults}: they say what {@link #WRITING} does. */
    static Preambles onDefaults(PostgresStorage.Timeouts timeouts) {
        return new Preambles(
                List.of("BEGIN " + SNAPSHOT, PLANS + "on"),
                List.of("BEGIN"),
                List.of("BEGIN", within("lock", urgent(timeouts))),
                List.of(
                        "SET TRANSACTION " + WRITING,
                        within("idle_in_transaction_session", Duration.ZERO),
                        PLANS + "on"),
                ConnectionDefaults.RESET);
    }

    private static Duration urgent(PostgresStorage.Timeouts timeouts) {
        Duration most = PostgresStorage.Timeouts.URGENT_LOCK;
        return timeouts.lock().compareTo(most) < 0 ? timeouts.lock() : most;
    }

    /** Zero is without end. */
    private static String within(String what, Duration atMost) {
        return "SET LOCAL " + what + "_timeout = " + atMost.toMillis();
    }
}
