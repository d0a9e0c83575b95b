package dev.turnbuckle.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Looks at the tables when a storage is opened, and makes them or brings them forward when it may (S24). */
final class PostgresSchema {
    /** Read from the catalogue's rows: its names are cached within a transaction, also those that were not there. */
    private static final String HAS_TABLES = "SELECT 1 FROM pg_tables WHERE schemaname = ? AND tablename = 'meta'";

    private static final String HAS_SCHEMA = "SELECT 1 FROM pg_namespace WHERE nspname = ?";

    /** Two openings at once make the tables once. Released with the transaction. */
    private static final String ALONE = "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))::text";

    private final PostgresDialect dialect;
    private final Schema schema;
    private final Connection connection;
    private final Statements sql;
    private final boolean bounded;

    /** @param bounded whether we have told the connection the timeouts of our transactions, which are not for this one */
    PostgresSchema(PostgresDialect dialect, Schema schema, Connection connection, boolean bounded) {
        this.bounded = bounded;
        this.dialect = dialect;
        this.schema = schema;
        this.connection = connection;
        this.sql = new Statements(connection, dialect);
    }

    void prepare() throws SQLException {
        int found = found();
        schema.judge(found);
        if (schema.mode() == SchemaMode.CREATE && found < schema.current()) {
            migrate();
        }
        sql.close();
    }

    private int found() {
        return sql.call(HAS_TABLES).text(dialect.schema()).first(Line::number) == null ? 0 : Schema.found(sql);
    }

    /** One transaction: all versions that are missing, or none. */
    private void migrate() throws SQLException {
        if (bounded) {
            sql.call("SET LOCAL statement_timeout = 0").run(); // what there is to bring forward may be large
            sql.call("SET LOCAL lock_timeout = 0").run();
        }
        sql.call(ALONE).text("turnbuckle " + dialect.schema()).first(Line::text);
        int found = found();
        schema.judge(found);
        if (sql.call(HAS_SCHEMA).text(dialect.schema()).first(Line::number) == null) {
            sql.call("CREATE SCHEMA " + dialect.quotedSchema()).run();
        }
        sql.call("SET LOCAL search_path TO " + dialect.quotedSchema()).run();
        if (found > 0) {
            // Every write locks a row of this table first, and looks at the version afterwards.
            sql.call("LOCK TABLE session IN ACCESS EXCLUSIVE MODE").run();
        }
        for (int version = found + 1; version <= schema.current(); version++) {
            schema.apply(sql, version);
        }
        connection.commit();
    }
}
