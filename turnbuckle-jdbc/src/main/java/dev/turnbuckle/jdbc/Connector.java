package dev.turnbuckle.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Opens connections; tests put faults between. */
@FunctionalInterface
interface Connector {
    Connection open(Use use) throws SQLException;

    enum Use {
        /** Looks at a file that may be somebody else's; changes nothing. */
        INSPECT,
        WRITE,
        READ,
        CHECKPOINT
    }
}
