package dev.turnbuckle.bench;

import java.io.IOException;
import java.time.Duration;

/** Something that does durable turns in this process. */
interface Contender extends Side, AutoCloseable {
    /** One session's turns, one after the other. */
    interface Client {
        /** Returns when the turn is on disk. */
        void turn();
    }

    Client client(String session);

    /** COMMITs that reached its log. */
    long commits();

    /** Processor time of a server that works for it, in nanoseconds. */
    default long serverNanos() {
        return 0;
    }

    @Override
    default Round round(String name, int sessions, Duration length) throws InterruptedException {
        return Round.of(this, name, sessions, length);
    }

    @Override
    void close() throws IOException;
}
