package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What runs often costs what it returns, not what the table holds. */
class QueryPlanTest {
    @TempDir
    private Path folder;

    private String plan(String sql) throws SQLException {
        Path file = folder.resolve("agents.db");
        Stores.open(file).close();
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                var statement = connection.prepareStatement("EXPLAIN QUERY PLAN " + sql);
                var rows = statement.executeQuery()) {
            var plan = new StringBuilder();
            while (rows.next()) {
                plan.append(rows.getString("detail")).append('\n');
            }
            return plan.toString();
        }
    }

    /** One that is only reached on a bad day must not be the one with a typing error. */
    @Test
    void every_statement_is_understood_by_the_database() throws Exception {
        Path file = folder.resolve("agents.db");
        Stores.open(file).close();
        int seen = 0;
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            for (Class<?> group : SqlRows.class.getInterfaces()) {
                for (Field constant : group.getDeclaredFields()) {
                    if (constant.get(null) instanceof String sql
                            && sql.matches("(?s)(SELECT|INSERT|UPDATE|DELETE).*")) {
                        connection.prepareStatement(sql).close();
                        seen++;
                    }
                }
            }
        }
        assertThat(seen).isGreaterThan(50);
    }

    @ParameterizedTest
    @ValueSource(strings = {SqlInbox.PENDING, SqlInbox.CLAIMED, SqlInbox.OPEN, SqlInbox.EARLIEST_PENDING})
    void looking_for_work_reads_no_finished_rows(String sql) throws SQLException {
        assertThat(plan(sql)).contains("USING INDEX inbox_open").doesNotContain("SCAN");
    }

    @ParameterizedTest
    @ValueSource(strings = {SqlSessions.DUE, SqlSessions.NEXT_DUE})
    void looking_for_due_sessions_reads_only_those(String sql) throws SQLException {
        assertThat(plan(sql)).contains("session_due").doesNotContain("SCAN").doesNotContain("TEMP B-TREE");
    }

    @Test
    void s5_sessions_are_listed_in_the_order_of_an_index() throws SQLException {
        assertThat(plan(SqlSessions.LIST)).contains("session_updated").doesNotContain("TEMP B-TREE");
    }

    @Test
    void l7_live_leases_are_found_without_the_released_ones() throws SQLException {
        assertThat(plan(SqlLeases.LIVE)).contains("lease_live");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                SqlTurns.NEWEST,
                SqlHistory.ENTRIES,
                SqlHistory.FIND_BRANCH,
                SqlHistory.NEWEST_COMPACTION,
                SqlHistory.SUM_USAGE,
                SqlJournal.OF_TURN,
                SqlJournal.WAITS_OF_TURN,
                SqlReclaim.BURIED,
                SqlReclaim.BRANCHES,
                SqlReclaim.GROWN_FROM
            })
    void one_session_s_rows_are_found_by_key(String sql) throws SQLException {
        assertThat(plan(sql)).doesNotContain("SCAN");
    }
}
