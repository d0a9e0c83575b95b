package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SinglyTest {
    @Test
    void rows_become_one_row_of_plain_values() {
        assertThat(Singly.of("INSERT INTO t (a, b) SELECT * FROM unnest(?::text[],\n    ?::bigint[]) AS u"))
                .isEqualTo("INSERT INTO t (a, b) SELECT * FROM (SELECT ?::text,\n    ?::bigint) AS u");
    }

    @Test
    void one_of_many_becomes_the_same_as() {
        assertThat(Singly.of("SELECT a FROM t WHERE b = ANY (?) AND c = ?"))
                .isEqualTo("SELECT a FROM t WHERE b = ? AND c = ?");
    }

    @Test
    void a_statement_without_arrays_stays_as_it_is() {
        assertThat(Singly.of("SELECT a FROM t WHERE b = ?")).isEqualTo("SELECT a FROM t WHERE b = ?");
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
                    .withMessage("2 values where the statement takes one");
        }
    }
}
