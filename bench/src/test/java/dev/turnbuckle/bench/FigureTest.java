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

    private static String verdict(Bar bar, double value) {
        return bar.verdict(new Figure("turns-1", value, "us", 2, bar));
    }

    @Test
    void aMissedBarSaysByHowMuch() {
        assertThat(verdict(Bar.atLeast(0.5), 0.8)).isEqualTo(">= 0.500 x  MISSED by 20 %");
        assertThat(verdict(Bar.atMost(2), 5)).isEqualTo("<= 2.000 x  MISSED by 25 %");
        assertThat(verdict(Bar.valueAtMost(1), 1.5)).isEqualTo("<= 1.000 us  MISSED by 50 %");
        assertThat(verdict(Bar.valueAtLeast(5), 4)).isEqualTo(">= 5.000 us  MISSED by 20 %");
    }

    @Test
    void aMetBarSaysSo() {
        assertThat(verdict(Bar.atLeast(0.5), 1)).isEqualTo(">= 0.500 x  met");
        assertThat(verdict(Bar.atMost(2), 3.8)).isEqualTo("<= 2.000 x  met");
        assertThat(verdict(Bar.valueAtMost(1), 1)).isEqualTo("<= 1.000 us  met");
        assertThat(verdict(Bar.valueAtLeast(5), 5)).isEqualTo(">= 5.000 us  met");
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
        assertThat(options.benches()).containsExactly(Bench.TURNS);
        assertThat(options.json()).isTrue();
        assertThat(options.rounds()).isEqualTo(3);
        assertThat(options.round()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void allBenchesRunUnlessOneIsNamed() {
        List<Bench> all =
                List.of(Bench.TURNS, Bench.GROWTH, Bench.COMMIT, Bench.LIVE, Bench.OPEN, Bench.IDLE, Bench.COLD);
        assertThat(Options.of(new String[] {}).benches()).isEqualTo(all);
        assertThat(Options.of(new String[] {"all"}).benches()).isEqualTo(all);
        assertThat(Options.of(new String[] {"cold"}).benches()).containsExactly(Bench.COLD);
    }

    @Test
    void theHelpNamesEveryBench() {
        for (Bench bench : Bench.values()) {
            assertThat(Options.HELP).contains("\n  " + bench.word() + " ");
        }
        assertThat(Options.HELP).contains("[turns|growth|commit|live|open|idle|cold|all]", "\n  jmh ");
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
