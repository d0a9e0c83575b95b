package dev.turnbuckle.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    private static Duration read(String... headers) {
        var map = new HashMap<String, List<String>>();
        for (int i = 0; i < headers.length; i += 2) {
            map.put(headers[i], List.of(headers[i + 1]));
        }
        return RetryAfter.of(HttpHeaders.of(map, (name, value) -> true), null, NOW);
    }

    @Test
    void aDateIsReadAgainstTheVendorsOwnClock() {
        assertThat(read("Retry-After", "Wed, 21 Oct 2015 07:28:30 GMT", "Date", "Wed, 21 Oct 2015 07:28:00 GMT"))
                .isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void withoutItAgainstOurs() {
        assertThat(read("Retry-After", "Tue, 01 Jan 2030 00:01:00 GMT")).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void aDateThatIsOverIsNoWait() {
        assertThat(read("Retry-After", "Wed, 21 Oct 2015 07:28:30 GMT")).isEqualTo(Duration.ZERO);
    }

    @Test
    void secondsMayHaveAFraction() {
        assertThat(read("retry-after", "1.5")).isEqualTo(Duration.ofMillis(1_500));
        assertThat(read("retry-after", "20")).isEqualTo(Duration.ofSeconds(20));
        assertThat(read("retry-after-ms", "20", "retry-after", "9")).isEqualTo(Duration.ofMillis(20));
    }

    @Test
    void theBodyIsAskedWhenNoHeaderSaysAnything() {
        assertThat(RetryAfter.of(HttpHeaders.of(Map.of(), (name, value) -> true), "34s", NOW))
                .isEqualTo(Duration.ofSeconds(34));
    }

    @Test
    void whatCannotBeReadIsNoWait() {
        assertThat(read("retry-after", "soon")).isNull();
        assertThat(read("retry-after", "99999999999")).isNull();
        assertThat(read()).isNull();
    }
}
