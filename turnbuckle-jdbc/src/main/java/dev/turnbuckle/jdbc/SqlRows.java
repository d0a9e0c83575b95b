package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.store.plan.Rows;
import java.time.Instant;

/** The rows of one connection; the statements stand in the interfaces, a table or two each. Used by one thread. */
class SqlRows
        implements Rows, SqlSessions, SqlReclaim, SqlHistory, SqlTurns, SqlInbox, SqlJournal, SqlLeases, SqlBlobs {
    private final Statements sql;
    private final Dialect dialect;
    private final Environment environment;

    SqlRows(Statements sql, Dialect dialect, Environment environment) {
        this.sql = sql;
        this.dialect = dialect;
        this.environment = environment;
    }

    @Override
    public Statements sql() {
        return sql;
    }

    @Override
    public Instant now() {
        return dialect.now(sql, environment);
    }

    /** Drops what is remembered between transactions; here nothing is. */
    void forget() {}
}
