package dev.turnbuckle.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.turnbuckle.bench.Figure.Bar;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FigureTest {
    @Test
    void aFigureIsOneLineOfJson() {
        assertThat(new Figure("turns-1", 512.345, "turns/s", 1024, null).json())
                .isEqualTo(
                        "{\"name\":\"turns-1\",\"value\":512.3,\"unit\":\"turns/s\",\"floor\":1024,\"ratio\":0.500}");
    }

    @Test
    void aMissedBarSaysByHowMuch() {
        assertThat(Bar.atLeast(0.5).verdict(0.4)).isEqualTo(">= 0.500  MISSED by 20 %");
        assertThat(Bar.atMost(2).verdict(2.5)).isEqualTo("<= 2.000  MISSED by 25 %");
    }

    @Test
    void aMetBarSaysSo() {
        assertThat(Bar.atLeast(0.5).verdict(0.5)).isEqualTo(">= 0.500  met");
        assertThat(Bar.atMost(2).verdict(1.9)).isEqualTo("<= 2.000  met");
    }

    @Test
    void percentilesAreOfWhatWasAdded() {
        var samples = new Samples();
        for (int i = 1_000; i > 0; i--) {
            samples.add(i);
        }
        assertThat(samples.at(0.5)).isEqualTo(501);
        assertThat(samples.at(0.99)).isEqualTo(991);
        assertThat(samples.mean()).isEqualTo(500.5);
        assertThat(Samples.median(List.of(3.0, 1.0, 2.0, 10.0))).isEqualTo(2.5);
    }

    @Test
    void optionsAreReadInAnyOrder() {
        var options = Options.of(new String[] {"--json", "turns", "--seconds", "0.5", "--rounds", "3"});
        assertThat(options.asksFor("turns")).isTrue();
        assertThat(options.asksFor("growth")).isFalse();
        assertThat(options.json()).isTrue();
        assertThat(options.rounds()).isEqualTo(3);
        assertThat(options.round()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void whatIsNoOptionIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.of(new String[] {"--rounds", "many"}))
                .withMessage("--rounds needs a number from 1.0 on, not many");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.of(new String[] {"speed"}))
                .withMessage("unknown argument: speed");
    }
}
