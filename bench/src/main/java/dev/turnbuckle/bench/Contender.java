package dev.turnbuckle.bench;

import java.io.IOException;

/** Something that does durable turns. */
interface Contender extends AutoCloseable {
    /** One session's turns, one after the other. */
    interface Client {
        /** Returns when the turn is on disk. */
        void turn();
    }

    Client client(String session);

    /** COMMITs that reached its log. */
    long commits();

    @Override
    void close() throws IOException;
}
