package dev.turnbuckle.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.session.Usage;
import org.junit.jupiter.api.Test;

class WordsTest {
    @Test
    void argumentsAreNamesAndValues() {
        assertThat(Words.arguments("{\"city\":\"Oslo\",\"days\":2,\"units\":{\"t\":\"C\"}}"))
                .isEqualTo("city: Oslo, days: 2, units: {\"t\":\"C\"}");
        assertThat(Words.arguments("{}")).isEmpty();
        assertThat(Words.arguments("not json")).isEqualTo("not json");
    }

    @Test
    void aTextIsItsFirstLineAndHowManyFollow() {
        assertThat(Words.firstLine("7 °C\nrain\nwind\n")).isEqualTo("7 °C  (+2 lines)");
        assertThat(Words.firstLine(" one ")).isEqualTo("one");
        assertThat(Words.firstLine("a\nb")).isEqualTo("a  (+1 line)");
    }

    @Test
    void usageSaysWhatWasCountedAndNothingElse() {
        assertThat(Words.usage(new Usage(304L, 900L, null, 88L, 20L)))
                .isEqualTo("1,204 in (900 cached), 88 out (20 reasoning)");
        assertThat(Words.usage(Usage.of(12, 4))).isEqualTo("12 in, 4 out");
        assertThat(Words.usage(Usage.NONE)).isEmpty();
    }
}
