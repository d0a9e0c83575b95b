package dev.turnbuckle.jdbc;

import java.sql.SQLException;

/** Carries a driver's exception out of a {@link dev.turnbuckle.store.plan.Rows} call to whoever ends the transaction. */
final class SqlFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SqlFailure(SQLException cause) {
        super(cause.getMessage(), cause);
    }

    SQLException sql() {
        return (SQLException) getCause();
    }
}
