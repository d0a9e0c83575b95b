package dev.turnbuckle.cli.out;

import java.util.Locale;
import java.util.Map;

/**
 * What standard input and output are. The launcher knows and says so in system properties; Java itself cannot tell. Without
 * a launcher nobody is taken to look on.
 */
public record Streams(Kind input, boolean outputIsTerminal, Map<String, String> environment) {
    /** What somebody who reads standard input will find. */
    public enum Kind {
        TERMINAL,
        PIPE,
        FILE,
        /** Nothing, as of {@code /dev/null}, or nobody knows. */
        OTHER
    }

    /** @param environment what the user has set: TERM, NO_COLOR */
    public static Streams ofThisProcess(Map<String, String> environment) {
        String input = System.getProperty("turnbuckle.input", "other");
        return new Streams(
                Kind.valueOf(input.toUpperCase(Locale.ROOT)),
                System.getProperty("turnbuckle.output", "other").equals("terminal"),
                environment);
    }

    /** Whether text for this output has colours: only for eyes, and never against the user's will (NO_COLOR). */
    public boolean colours() {
        return outputIsTerminal
                && !isDumb()
                && environment.getOrDefault("NO_COLOR", "").isEmpty();
    }

    /** Whether a person can edit lines here. */
    public boolean editing() {
        return input == Kind.TERMINAL && outputIsTerminal && !isDumb();
    }

    private boolean isDumb() {
        String term = environment.getOrDefault("TERM", "");
        return term.isEmpty() || term.equals("dumb");
    }
}
