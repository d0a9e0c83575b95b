package dev.turnbuckle.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a look at one lane makes of it. */
class SilenceWatchTest {
    private final List<String> called = new ArrayList<>();
    private final Connection connection = (Connection) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                called.add(method.getName() + " " + arguments[1]);
                return null;
            });
    private final SilenceWatch.Seat seat = new SilenceWatch.Seat();

    private void looks(int times) {
        for (int i = 0; i < times; i++) {
            Connection silent = seat.look();
            if (silent != null) {
                assertThat(silent).isSameAs(connection);
                called.add("broken");
            }
        }
    }

    @Test
    void a_connection_without_an_answer_for_eight_looks_is_broken_once() throws SQLException {
        seat.take(connection);
        assertThat(called).containsExactly("setNetworkTimeout 0");
        looks(8); // the first one only sees the question
        assertThat(called).containsExactly("setNetworkTimeout 0");
        looks(1);
        assertThat(called).containsExactly("setNetworkTimeout 0", "broken");
        looks(7);
        assertThat(called).containsExactly("setNetworkTimeout 0", "broken");
    }

    @Test
    void each_question_is_waited_for_anew() throws SQLException {
        seat.take(connection);
        for (int i = 0; i < 10; i++) {
            looks(8);
            seat.ask();
        }
        assertThat(called).containsExactly("setNetworkTimeout 0");
    }

    @Test
    void a_lane_that_asks_nothing_is_not_waited_for() throws SQLException {
        seat.take(connection);
        looks(5);
        seat.leave();
        looks(20);
        seat.take(connection);
        looks(8);
        assertThat(called).containsExactly("setNetworkTimeout 0", "setNetworkTimeout 0");
    }
}
