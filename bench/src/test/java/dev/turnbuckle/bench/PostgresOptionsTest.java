package dev.turnbuckle.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.turnbuckle.bench.PostgresBench.Part;
import org.junit.jupiter.api.Test;

class PostgresOptionsTest {
    private static Options of(String... arguments) {
        return Options.of(arguments);
    }

    @Test
    void withoutAnotherWordTurnsAreOnSqlite() {
        assertThat(of("turns").onPostgres()).isNull();
        assertThat(of("turns", "--storage", "sqlite").onPostgres()).isNull();
    }

    @Test
    void onPostgresAllPartsRunUnlessOneIsNamed() {
        assertThat(of("turns", "--storage", "postgres").onPostgres().parts())
                .containsExactly(Part.TRIPS, Part.IDLE, Part.COMMIT, Part.CLAIMS, Part.TURNS, Part.TWO);
        var claims = of("turns", "--part", "claims", "--storage", "postgres", "--url", "postgres://u@h/d")
                .onPostgres();
        assertThat(claims.parts()).containsExactly(Part.CLAIMS);
        assertThat(claims.url()).isEqualTo("postgres://u@h/d");
    }

    @Test
    void theHelpNamesEveryPart() {
        for (Part part : Part.values()) {
            assertThat(Options.HELP).contains("\n    " + part.word() + " ");
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of("turns", "--storage", "oracle"))
                .withMessage("--storage needs sqlite or postgres, not oracle");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of("turns", "--storage", "postgres", "--part", "speed"))
                .withMessage("--part needs one of trips, idle, commit, claims, turns, two, not speed");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of("turns", "--part", "idle"))
                .withMessage("--url and --part go with --storage postgres");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of("commit", "--storage", "postgres"))
                .withMessage("on PostgreSQL there is one benchmark, turns, with several parts; write: turns --storage"
                        + " postgres");
    }
}
