package dev.turnbuckle.cli.out;

import dev.turnbuckle.cli.out.Screen.Mark;

/** A run of text that is one thing; without what a terminal would obey. */
public record Span(Mark mark, String text) {
    public Span {
        text = Screen.safe(text);
    }

    public static Span plain(String text) {
        return new Span(Mark.PLAIN, text);
    }
}
