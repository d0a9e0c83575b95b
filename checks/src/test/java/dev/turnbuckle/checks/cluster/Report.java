package dev.turnbuckle.checks.cluster;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/** What was done, and what was counted. */
final class Report {
    private final Map<String, Object> lines = new LinkedHashMap<>();

    void put(String what, Object count) {
        lines.put(what, count);
    }

    void print() {
        var out = new PrintWriter(System.out, true);
        out.println("cluster:");
        lines.forEach((what, count) -> out.printf("  %-50s %s%n", what, count));
    }
}
