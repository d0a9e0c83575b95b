package dev.turnbuckle.cli.out;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnbuckle.cli.out.Screen.Mark;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayoutTest {
    private final Layout layout = new Layout(() -> 20);
    private final StringBuilder written = new StringBuilder();

    private void lay(Piece... pieces) {
        layout.lay(List.of(pieces)).forEach(s -> written.append(s.text()));
    }

    private String whole() {
        layout.fresh().forEach(s -> written.append(s.text()));
        return written.toString();
    }

    @Test
    void wordsThatStreamInPiecesAreBrokenBetweenThem() {
        for (String piece : "the quick brown fox jumps over".split("(?<=[a-z ]{2})")) {
            lay(Piece.flow(Mark.PLAIN, piece, 0));
        }

        assertThat(whole()).isEqualTo("the quick brown fox\njumps over\n");
    }

    @Test
    void aWordIsShownWhenItIsWhole() {
        lay(Piece.flow(Mark.PLAIN, "one tw", 0));

        assertThat(written).hasToString("one");
    }

    @Test
    void indentedTextKeepsItsIndentOnEveryLine() {
        lay(Piece.flow(Mark.FAINT, "alpha beta gamma delta", 4));

        assertThat(whole()).isEqualTo("    alpha beta gamma\n    delta\n");
    }

    @Test
    void blanksAtTheStartOfALineOfCodeStay() {
        lay(Piece.flow(Mark.PLAIN, "if x:\n    go()\n", 0));

        assertThat(whole()).isEqualTo("if x:\n    go()\n");
    }

    @Test
    void aWordWiderThanTheScreenIsBroken() {
        lay(Piece.flow(Mark.PLAIN, "x".repeat(45), 0));

        assertThat(whole()).isEqualTo("x".repeat(20) + "\n" + "x".repeat(20) + "\n" + "x".repeat(5) + "\n");
    }

    @Test
    void charactersThatTakeTwoColumnsCountTwice() {
        lay(Piece.flow(Mark.PLAIN, "水水水水水 水水水水水 水", 0));

        assertThat(whole()).isEqualTo("水水水水水\n水水水水水 水\n");
    }

    @Test
    void aLineIsCutOffAndStandsAlone() {
        lay(Piece.flow(Mark.PLAIN, "text", 0), Piece.line(Mark.GOOD, "a line that is longer than the screen"));

        assertThat(whole()).isEqualTo("text\na line that is long…\n");
    }

    @Test
    void severalGapsAreOneEmptyLineAndNoneComesFirst() {
        lay(
                new Piece.Gap(),
                Piece.line(Mark.PLAIN, "a"),
                new Piece.Gap(),
                new Piece.Gap(),
                Piece.line(Mark.PLAIN, "b"));

        assertThat(whole()).isEqualTo("a\n\nb\n");
    }

    @Test
    void afterALineOfOthersAGapIsAnEmptyLine() {
        lay(new Piece.Gap());
        layout.lineOfOthers();
        lay(new Piece.Gap(), Piece.line(Mark.PLAIN, "b"));

        assertThat(whole()).isEqualTo("\nb\n");
    }

    @Test
    void whereNobodyLooksNothingIsBroken() {
        var endless = new Layout(() -> Layout.ENDLESS);
        var text = new StringBuilder();
        endless.lay(List.of(Piece.flow(Mark.PLAIN, "word ".repeat(100) + "\n", 0)))
                .forEach(s -> text.append(s.text()));

        assertThat(text.toString().lines()).hasSize(1);
    }

    @Test
    void whatAModelSaysCannotCommandTheTerminal() {
        lay(Piece.flow(Mark.PLAIN, "a\u001b[2Jb\r\u0007 ", 0));

        assertThat(whole()).isEqualTo("a\uFFFD[2Jb\uFFFD\uFFFD\n");
    }

    @ParameterizedTest
    @CsvSource({"hello,5,hello", "hello,4,hel…", "hello,1,…", "hello,0,''", "水水水,5,水水…"})
    void aTextIsCutToItsColumns(String text, int columns, String cut) {
        assertThat(Layout.cut(text, columns)).isEqualTo(cut);
    }
}
