package dev.turnbuckle.jdbc;

import java.sql.SQLException;

/** Carries a driver's exception out of a {@link dev.turnbuckle.store.plan.Rows} call to whoever ends the transaction. */
final class SqlFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final SQLException sql;

    SqlFailure(SQLException sql) {
        super(sql.getMessage(), sql);
        this.sql = sql;
    }

    SQLException sql() {
        return sql;
    }
}
