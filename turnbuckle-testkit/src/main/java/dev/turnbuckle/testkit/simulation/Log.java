package dev.turnbuckle.testkit.simulation;

import java.util.ArrayList;
import java.util.List;

/** What happened, line by line: time in milliseconds, who, what. */
final class Log {
    /** Bound of one run; what happened first explains the rest. */
    static final int MAX_LINES = 20_000;

    private final List<String> lines = new ArrayList<>();

    void add(long nanos, String who, String what) {
        if (lines.size() < MAX_LINES) {
            lines.add(time(nanos) + " " + who + " " + what);
        } else if (lines.size() == MAX_LINES) {
            lines.add("(the trace ends here: it is limited to " + MAX_LINES + " lines)");
        }
    }

    static String time(long nanos) {
        long micros = nanos / 1_000;
        String fraction = String.valueOf(1_000 + micros % 1_000);
        return micros / 1_000 + "." + fraction.substring(1);
    }

    List<String> lines() {
        return List.copyOf(lines);
    }
}
