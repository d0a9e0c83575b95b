package dev.turnbuckle.bench;

import java.util.Locale;

/** Says on the standard error stream how far it is. */
final class Progress {
    void say(String format, Object... values) {
        System.err.println(String.format(Locale.ROOT, format, values));
    }
}
