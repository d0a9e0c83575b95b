package dev.turnbuckle.cli.out;

import dev.turnbuckle.cli.out.Screen.Mark;
import java.util.List;

/** What is to be shown next in a stream of text for people; {@link Layout} gives it its place. */
public sealed interface Piece {
    /**
     * Text that flows: broken between words at the screen's width. What follows continues on the same line.
     *
     * @param indent columns that each of its lines begins with
     */
    record Flow(Span span, int indent) implements Piece {}

    /** One line of its own, cut off at the screen's width. */
    record Line(List<Span> spans) implements Piece {
        public Line {
            spans = List.copyOf(spans);
        }
    }

    /** An empty line, unless there is one already. */
    record Gap() implements Piece {}

    static Piece flow(Mark mark, String text, int indent) {
        return new Flow(new Span(mark, text), indent);
    }

    static Piece line(Mark mark, String text) {
        return new Line(List.of(new Span(mark, text)));
    }

    static Piece line(Span... spans) {
        return new Line(List.of(spans));
    }
}
