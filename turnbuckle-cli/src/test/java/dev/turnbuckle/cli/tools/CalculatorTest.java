package dev.turnbuckle.cli.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.error.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CalculatorTest {
    @ParameterizedTest
    @CsvSource(delimiter = '=', textBlock = """
            1+2                    = 3
            0.1 + 0.2              = 0.3
            1340 * 0.12            = 160.8
            2 + 3 * 4              = 14
            (2 + 3) * 4            = 20
            10 - 4 - 3             = 3
            100 / 8                = 12.5
            2 / 3                  = 0.6666666666666666666666666666666667
            -2^2                   = -4
            (-2)^2                 = 4
            2^3^2                  = 512
            2^-2                   = 0.25
            17 % 5                 = 2
            --3                    = 3
            1e3 + 1                = 1001
            1_000_000 / 4          = 250000
            .5 * 2                 = 1
            sqrt(144)              = 12
            abs(3 - 5)             = 2
            round(2.5)             = 3
            round(3.14159, 2)      = 3.14
            round(1234, -2)        = 1200
            min(3, 1, 2)           = 1
            max(1, 2 + 3)          = 5
            6 × 7 ÷ 2              = 21
            5 − 8                  = -3
            0 * 1e20               = 0
            1.10 * 3               = 3.3
            """)
    void calculatesExactly(String expression, String result) {
        assertThat(Calculator.result(expression)).isEqualTo(result);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '=', textBlock = """
            1 +            = too early
            ''             = too early
            1 2            = "2" is not expected at character 3
            (1             = too early
            1)             = ")" is not expected at character 2
            1 / 0          = division by zero
            1 % (2 - 2)    = division by zero
            2^0.5          = sqrt
            foo(1)         = "foo" is no function
            sqrt(-1)       = cannot be calculated
            1.2.3          = "." is not expected
            2 $ 3          = "$" is not expected at character 3
            1e             = "1e" is no number
            """)
    void whatIsWrongIsSaid(String expression, String why) {
        assertThatThrownBy(() -> Calculator.result(expression))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"9^9^9", "10^10^10", "1e999999999", "1e9999 * 1e9999", "round(1, 999999)", "(9^9999)^9999"})
    @Timeout(5)
    void aValueThatWouldFillTheMemoryIsRefused(String expression) {
        assertThatThrownBy(() -> Calculator.result(expression)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    @Timeout(5)
    void deepNestingAndLongExpressionsAreRefused() {
        assertThatThrownBy(() -> Calculator.result("(".repeat(400) + "1" + ")".repeat(400)))
                .hasMessageContaining("100 deep");
        assertThatThrownBy(() -> Calculator.result("-".repeat(900) + "1")).hasMessageContaining("100 deep");
        assertThatThrownBy(() -> Calculator.result("1+".repeat(600) + "1")).hasMessageContaining("1000 characters");
    }
}
