package dev.turnbuckle.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.model.ModelSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelPlanTest {
    /** Failures are kinds, with "+ms" for what the vendor asked to wait and "!" when output was seen. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            a   |                                           | a PT0S
            a   | RATE_LIMIT                                | a PT0.5S
            a   | RATE_LIMIT NETWORK                        | a PT1S
            a   | RATE_LIMIT NETWORK TIMEOUT                | a PT2S
            a   | RATE_LIMIT NETWORK TIMEOUT OVERLOADED     | nobody
            a   | RATE_LIMIT+7000                           | a PT7S
            a   | RATE_LIMIT+900000                         | a PT1M
            a   | RATE_LIMIT+20                             | a PT0.5S
            a   | NETWORK!                                  | nobody
            a   | AUTH                                      | nobody
            a b | AUTH                                      | b PT0S
            a b | CONTEXT_OVERFLOW                          | b PT0S
            a b | CONTENT_FILTER                            | nobody
            a b | BAD_REQUEST                               | nobody
            a b | OTHER                                     | nobody
            a b | NETWORK!                                  | nobody
            a b | RATE_LIMIT                                | a PT0.5S
            a b | RATE_LIMIT+6000                           | b PT0S
            a b | RATE_LIMIT RATE_LIMIT                     | b PT0S
            a b | RATE_LIMIT RATE_LIMIT NETWORK             | b PT0.5S
            a b | AUTH NETWORK NETWORK NETWORK              | b PT2S
            a b | AUTH NETWORK NETWORK NETWORK NETWORK      | nobody
            a b c | AUTH AUTH                               | c PT0S
            """, delimiter = '|')
    void j12_whoIsAskedNextAndWhenFollowsFromWhatFailed(String chain, @Nullable String failed, String expected) {
        List<ModelSpec> models =
                Arrays.stream(chain.split(" ")).map(ModelSpec::named).toList();
        ModelPlan.Ask ask = ModelPlan.next(models, attempts(failed));
        assertThat(ask == null ? "nobody" : ask.model().name() + " " + ask.pause())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"RATE_LIMIT"})
    void aModelIsAskedWithItsOwnParameters(String failure) {
        var second = new ModelSpec("b", Map.of("temperature", "0"));
        var ask = ModelPlan.next(List.of(ModelSpec.named("a"), second), attempts(failure + "+6000"));
        assertThat(ask).isEqualTo(new ModelPlan.Ask(second, Duration.ZERO));
    }

    private static List<Outcomes.ModelAttempt> attempts(@Nullable String failed) {
        var attempts = new ArrayList<Outcomes.ModelAttempt>();
        for (String f : failed == null ? new String[0] : failed.split(" ")) {
            String[] parts = f.replace("!", "").split("\\+");
            attempts.add(new Outcomes.ModelAttempt(
                    parts[0], "no", "a", parts.length == 1 ? null : Long.valueOf(parts[1]), f.endsWith("!")));
        }
        return attempts;
    }
}
