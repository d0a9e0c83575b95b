package dev.turnbuckle.testkit;

import dev.turnbuckle.internal.codec.JsonDiff;
import java.util.List;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The recorded call whose request differs least from one that was not recorded.
 *
 * @param index of the call, from 0
 * @param differences values that differ, are missing or are too many
 */
record Nearest(int index, int differences, List<String> paths) {
    /** @param calls at least one */
    static Nearest of(ObjectNode request, List<RecordedCall> calls) {
        int best = 0;
        int fewest = Integer.MAX_VALUE;
        for (int i = 0; i < calls.size(); i++) {
            int differences = differences(calls.get(i).request(), request);
            if (differences < fewest) {
                best = i;
                fewest = differences;
            }
        }
        return new Nearest(best, fewest, JsonDiff.of(calls.get(best).request(), request));
    }

    private static int differences(JsonNode a, JsonNode b) {
        if (a.equals(b)) {
            return 0;
        }
        if (a instanceof ObjectNode && b instanceof ObjectNode) {
            var names = new TreeSet<>(a.propertyNames());
            names.addAll(b.propertyNames());
            return names.stream()
                    .mapToInt(n -> differences(a.path(n), b.path(n)))
                    .sum();
        }
        if (a instanceof ArrayNode && b instanceof ArrayNode) {
            int sum = 0;
            for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
                sum += differences(a.path(i), b.path(i));
            }
            return sum;
        }
        return Math.max(1, Math.max(values(a), values(b)));
    }

    private static int values(JsonNode json) {
        return json.isContainer()
                ? json.values().stream().mapToInt(Nearest::values).sum()
                : 1;
    }
}
