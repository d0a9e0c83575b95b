package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FewRowsTest {
    @Test
    void rows_become_one_row_of_plain_values() {
        assertThat(FewRows.of("INSERT INTO t (a, b) SELECT * FROM unnest(?::text[],\n    ?::bigint[]) AS u", 1)
                        .sql())
                .isEqualTo("INSERT INTO t (a, b) SELECT * FROM (SELECT ?::text,\n    ?::bigint) AS u");
    }

    @Test
    void one_of_many_becomes_the_same_as() {
        assertThat(FewRows.of("SELECT a FROM t WHERE b = ANY (?) AND c = ?", 1).sql())
                .isEqualTo("SELECT a FROM t WHERE b = ? AND c = ?");
    }

    @Test
    void a_statement_without_arrays_stays_as_it_is() {
        assertThat(FewRows.of("SELECT a FROM t WHERE b = ?", 1).sql()).isEqualTo("SELECT a FROM t WHERE b = ?");
    }

    @Test
    void one_value_is_bound_as_it_is_and_two_are_refused() throws SQLException {
        try (var connection = PostgresServer.connect()) {
            var sql = new Statements(connection);
            var found = new ArrayList<String>();
            new Batch()
                    .read(
                            "SELECT a || b::text FROM unnest(?::text[], ?::bigint[]) AS u(a, b)",
                            true,
                            call -> call.texts(List.of("x")).numbers(List.of(7L)),
                            Line::text,
                            found::add)
                    .run(sql);
            assertThat(found).containsExactly("x7");
            var two = new Batch()
                    .read("SELECT ?::text", true, call -> call.texts(List.of("x", "y")), Line::text, found::add);
            assertThatIllegalStateException()
                    .isThrownBy(() -> two.run(sql))
                    .withMessage("2 values where the statement takes 1");
        }
    }

    @Test
    void few_rows_become_a_list_of_plain_values() {
        var few = FewRows.of("INSERT INTO t (a, b) SELECT * FROM unnest(?::text[], ?::bigint[]) AS u", 3);
        assertThat(few.sql())
                .isEqualTo("INSERT INTO t (a, b) SELECT * FROM "
                        + "(VALUES (?::text, ?::bigint), (?::text, ?::bigint), (?::text, ?::bigint)) AS u");
        assertThat(few.columns()).isEqualTo(2);
    }

    @Test
    void the_columns_of_few_rows_are_bound_one_after_the_other() throws SQLException {
        try (var connection = PostgresServer.connect()) {
            var sql = new Statements(connection);
            sql.call("CREATE TEMPORARY TABLE t (a text, b bigint, c bytea)").run();
            String insert = "INSERT INTO t SELECT * FROM unnest(?::text[], ?::bigint[], ?::bytea[]) AS u";
            record Row(String a, Long b, byte[] c) {}
            var rows = List.of(new Row("x", 7L, new byte[] {1}), new Row(null, null, new byte[] {2, 3}));
            for (int few : List.of(2, 0)) {
                new Batch()
                        .write(
                                insert,
                                few,
                                c -> c.texts(rows, Row::a).numbers(rows, Row::b).bytes(rows, Row::c),
                                n -> {})
                        .run(sql);
            }
            assertThat(sql.call("SELECT COALESCE(a, '-') || COALESCE(b, 0) || encode(c, 'hex') FROM t")
                            .all(Line::text))
                    .containsExactly("x701", "-00203", "x701", "-00203");
        }
    }
}
