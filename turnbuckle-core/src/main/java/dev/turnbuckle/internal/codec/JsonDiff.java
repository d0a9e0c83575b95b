package dev.turnbuckle.internal.codec;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The first paths at which two JSON values differ (J2). */
public final class JsonDiff {
    /** Bound of the number of paths that are named. */
    public static final int MAX_PATHS = 5;

    private static final int MAX_SHOWN = 120;

    private JsonDiff() {}

    /** One line a path: {@code /a/b: recorded 1, now 2}. */
    public static List<String> of(JsonNode recorded, JsonNode now) {
        var lines = new ArrayList<String>();
        walk(recorded, now, "", lines);
        return lines;
    }

    private static void walk(JsonNode a, JsonNode b, String path, List<String> lines) {
        if (lines.size() >= MAX_PATHS || a.equals(b)) {
            return;
        }
        if (a instanceof ObjectNode && b instanceof ObjectNode) {
            Set<String> names = new TreeSet<>(a.propertyNames());
            names.addAll(b.propertyNames());
            names.forEach(name -> walk(a.path(name), b.path(name), path + "/" + name, lines));
        } else if (a instanceof ArrayNode && b instanceof ArrayNode) {
            for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
                walk(a.path(i), b.path(i), path + "/" + i, lines);
            }
        } else {
            lines.add((path.isEmpty() ? "/" : path) + ": recorded " + shown(a) + ", now " + shown(b));
        }
    }

    private static String shown(JsonNode node) {
        String text = node.isMissingNode() ? "nothing" : node.toString();
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
    }
}
