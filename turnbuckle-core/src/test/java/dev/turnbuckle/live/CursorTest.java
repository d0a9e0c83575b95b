package dev.turnbuckle.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnbuckle.error.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CursorTest {
    @Test
    void o01_theTextFormIsReadAsItWasWritten() {
        var cursor = new Cursor("k3j", 12, 345, "tenant:a/ü 🚀");
        assertThat(cursor.value()).isEqualTo("tbc1:k3j:12:345:tenant:a/ü 🚀");
        assertThat(Cursor.parse(cursor.value())).isEqualTo(cursor);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    tbc2:k:1:2:s        | tbc1
                    tbc1                | incarnation
                    tbc1:-:1:2:s        | incarnation
                    tbc1:k:one:2:s      | revision
                    tbc1:k:1:-2:s       | position
                    tbc1:k:1:2:         | session id is empty
                    """)
    void o02_aMalformedOneSaysWhichPartIsWrong(String text, String part) {
        assertThatThrownBy(() -> Cursor.parse(text))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(part);
    }

    @Test
    void o02_aLongOneIsShownShortened() {
        assertThatThrownBy(() -> Cursor.parse("x".repeat(10_000)))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }
}
