package dev.turnbuckle.cli.out;

import dev.turnbuckle.cli.out.Screen.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.jline.utils.WCWidth;

/**
 * Gives pieces their place on a screen of some width: breaks what flows between words, cuts off lines, keeps one empty
 * line where several are asked for. Remembers where the last piece ended; a word is shown when it is whole. One thread.
 */
public final class Layout {
    /** Columns of a text that nobody looks at on a screen. */
    public static final int ENDLESS = Integer.MAX_VALUE;

    /** Narrower is no screen to lay out on; lines break wherever they must. */
    private static final int NARROWEST = 20;

    private final IntSupplier width;
    private final List<Span> out = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private Mark mark = Mark.PLAIN;
    private int indent;
    private int column;
    private int blanks;
    private boolean afterGap = true;

    /** @param width in columns, asked for again with each piece: a window may change */
    public Layout(IntSupplier width) {
        this.width = width;
    }

    /** The text to write now. */
    public List<Span> lay(List<Piece> pieces) {
        for (Piece piece : pieces) {
            switch (piece) {
                case Piece.Flow(Span span, int columns) -> flow(span, columns);
                case Piece.Line(List<Span> spans) -> line(spans);
                case Piece.Gap gap -> gap();
            }
        }
        return taken();
    }

    /** What is left of a word, and a new line unless the cursor is at the start of one. */
    public List<Span> fresh() {
        freshLine();
        return taken();
    }

    /** Somebody else wrote a line; the cursor is at the start of the next one. */
    public void lineOfOthers() {
        column = 0;
        afterGap = false;
    }

    private List<Span> taken() {
        List<Span> taken = List.copyOf(out);
        out.clear();
        return taken;
    }

    private void emit(Mark as, String text) {
        if (!text.isEmpty()) {
            out.add(new Span(as, text));
        }
    }

    private int limit() {
        return Math.max(NARROWEST, width.getAsInt());
    }

    private void gap() {
        freshLine();
        if (!afterGap) {
            emit(Mark.PLAIN, "\n");
            afterGap = true;
        }
    }

    private void freshLine() {
        endWord();
        blanks = 0;
        if (column > 0) {
            newLine();
        }
    }

    private void newLine() {
        emit(Mark.PLAIN, "\n");
        afterGap = column == 0;
        column = 0;
        blanks = 0;
    }

    private void line(List<Span> spans) {
        freshLine();
        int left = limit();
        for (Span span : spans) {
            String text = cut(span.text().replace('\n', ' ').replace('\t', ' '), left);
            emit(span.mark(), text);
            left -= columns(text);
            column += columns(text);
        }
        newLine();
        afterGap = false;
    }

    private void flow(Span span, int columns) {
        if (span.mark() != mark) {
            endWord();
            mark = span.mark();
        }
        indent = columns;
        span.text().codePoints().forEach(this::character);
    }

    private void character(int c) {
        if (c == '\n') {
            endWord();
            newLine();
        } else if (c == ' ' || c == '\t') {
            endWord();
            blanks += c == ' ' ? 1 : 4;
        } else {
            word.appendCodePoint(c);
            if (columns(word) >= limit() - indent) {
                endWord();
            }
        }
    }

    private void endWord() {
        if (word.isEmpty()) {
            return;
        }
        int wide = columns(word);
        if (column > 0 && column + blanks + wide > limit()) {
            newLine();
        }
        int before = column == 0 ? indent + blanks : blanks;
        emit(mark, " ".repeat(before) + word);
        column += before + wide;
        afterGap = false;
        blanks = 0;
        word.setLength(0);
    }

    /** The text, shortened to so many columns; what is missing is told by an ellipsis. */
    public static String cut(String text, int columns) {
        if (columns == ENDLESS || columns(text) <= columns) {
            return text;
        }
        var kept = new StringBuilder();
        int wide = 0;
        for (int c : text.codePoints().toArray()) {
            wide += Math.max(0, WCWidth.wcwidth(c));
            if (wide >= columns) {
                break;
            }
            kept.appendCodePoint(c);
        }
        return columns < 1 ? "" : kept.append('…').toString();
    }

    /** How many columns a text takes: some characters take two, some none. */
    public static int columns(CharSequence text) {
        return text.codePoints().map(c -> Math.max(0, WCWidth.wcwidth(c))).sum();
    }
}
