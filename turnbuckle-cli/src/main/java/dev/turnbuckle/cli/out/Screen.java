package dev.turnbuckle.cli.out;

import java.io.PrintStream;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Where a command writes: text for people, in colour when they see it on a terminal, or a line of JSON for programs. */
public final class Screen {
    /** What a piece of text is, not how it looks. The colours are those that can be read on dark and on light. */
    public enum Mark {
        PLAIN(""),
        STRONG("1"),
        FAINT("2"),
        GOOD("32"),
        BAD("31"),
        NOTE("35"),
        NAME("36");

        private final String code;

        Mark(String code) {
            this.code = code;
        }
    }

    private final PrintStream out;
    private final boolean colours;

    public Screen(PrintStream out, boolean colours) {
        this.out = out;
        this.colours = colours;
    }

    public void line(String text) {
        out.println(text);
        out.flush();
    }

    public void line() {
        line("");
    }

    /** Part of a line, shown at once. */
    public void part(String text) {
        out.print(text);
        out.flush();
    }

    public void json(JsonNode value) {
        line(value.toString());
    }

    public String mark(Mark mark, String text) {
        return colours && mark != Mark.PLAIN && !text.isEmpty()
                ? "\u001b[" + mark.code + "m" + text + "\u001b[0m"
                : text;
    }

    /** What a terminal is sent for these. */
    public String text(List<Span> spans) {
        var text = new StringBuilder();
        spans.forEach(s -> text.append(mark(s.mark(), s.text())));
        return text.toString();
    }

    /** Text of somebody else's, without what a terminal would obey. */
    public static String safe(String text) {
        var safe = new StringBuilder(text.length());
        text.codePoints().forEach(c -> safe.appendCodePoint(isHarmless(c) ? c : 0xFFFD));
        return safe.toString();
    }

    private static boolean isHarmless(int c) {
        return c == '\n' || c == '\t' || !Character.isISOControl(c);
    }

    /** The text filled up with blanks to a width; a longer one keeps its length. */
    public static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
