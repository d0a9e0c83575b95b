package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.error.StorageException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** What differs between databases. Statements are the same everywhere, so this stays small. */
interface Dialect extends Form {
    /** The clock that leases expire by (L6), in whole microseconds: what is stored is what was decided with. */
    Instant now(Statements sql, Environment environment);

    /** Resource folder of the numbered scripts (S24). */
    String scripts();

    /** Names of the numbered scripts, the first brings version 1. */
    List<String> versions();

    Trouble trouble(SQLException e);

    /** In words, with what to do. */
    StorageException explain(SQLException e);

    /** Kinds of failure that a transaction's owner must tell apart. */
    enum Trouble {
        /** No room: what was asked did not happen. */
        FULL,
        /** Somebody else holds the database. */
        BUSY,
        /** Another transaction was in the way and nothing was done: the same one may be run again at once. */
        CONTENDED,
        /** The connection is gone, and with it the word of how the statement ended. */
        LOST,
        /** Anything else. */
        OTHER
    }
}
