package dev.turnbuckle.cli.out;

import java.util.Locale;

/**
 * What standard input and output are. The launcher knows and says so in system properties; Java itself cannot tell. Without
 * a launcher nobody is taken to look on.
 */
public record Streams(Kind input, boolean outputIsTerminal) {
    /** What somebody who reads standard input will find. */
    public enum Kind {
        TERMINAL,
        PIPE,
        FILE,
        /** Nothing, as of {@code /dev/null}, or nobody knows. */
        OTHER
    }

    public static Streams ofThisProcess() {
        String input = System.getProperty("turnbuckle.input", "other");
        return new Streams(
                Kind.valueOf(input.toUpperCase(Locale.ROOT)),
                System.getProperty("turnbuckle.output", "other").equals("terminal"));
    }

    /** Whether text for this output has colours: never against the user's will, and only for eyes (NO_COLOR). */
    public boolean colours() {
        return outputIsTerminal && !isSet("NO_COLOR") && !"dumb".equals(System.getenv("TERM"));
    }

    /** Whether a person can edit lines here. */
    public boolean editing() {
        String term = System.getenv("TERM");
        return input == Kind.TERMINAL && outputIsTerminal && term != null && !term.isEmpty() && !term.equals("dumb");
    }

    private static boolean isSet(String name) {
        String value = System.getenv(name);
        return value != null && !value.isEmpty();
    }
}
