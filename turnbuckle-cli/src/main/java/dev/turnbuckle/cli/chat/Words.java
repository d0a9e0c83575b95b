package dev.turnbuckle.cli.chat;

import dev.turnbuckle.session.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Values in words. */
final class Words {
    private Words() {}

    /** Arguments of a call on one line: {@code city: Oslo, days: 2}. */
    static String arguments(String json) {
        JsonNode tree = tree(json);
        if (tree == null || !tree.isObject()) {
            return json;
        }
        var words = new ArrayList<String>();
        tree.propertyStream().forEach(p -> words.add(p.getKey() + ": " + value(p.getValue())));
        return String.join(", ", words);
    }

    static String value(JsonNode value) {
        return value.isString() ? value.stringValue() : value.toString();
    }

    /** {@code null} when it is no JSON. */
    static @Nullable JsonNode tree(String json) {
        try {
            return JsonMapper.shared().readTree(json);
        } catch (JacksonException e) {
            return null; // shown as it is
        }
    }

    /** The first line of a text, and how many more there are. */
    static String firstLine(String text) {
        List<String> lines = text.strip().lines().toList();
        if (lines.size() < 2) {
            return text.strip();
        }
        return lines.getFirst() + "  (+" + count(lines.size() - 1L, "line") + ")";
    }

    static String count(long n, String what) {
        return String.format(Locale.ROOT, "%,d", n) + " " + what + (n == 1 ? "" : "s");
    }

    static long wordsIn(CharSequence text) {
        String stripped = text.toString().strip();
        return stripped.isEmpty() ? 0 : stripped.split("\\s+").length;
    }

    /** Tokens: {@code 1,204 in (900 cached), 88 out (20 reasoning)}; empty when nobody counted. */
    static String usage(Usage usage) {
        var words = new ArrayList<String>();
        long in = known(usage.input()) + known(usage.cacheRead()) + known(usage.cacheWrite());
        if (in > 0) {
            words.add(tokens(in) + " in" + note(usage.cacheRead(), "cached"));
        }
        if (known(usage.output()) > 0) {
            words.add(tokens(known(usage.output())) + " out" + note(usage.reasoning(), "reasoning"));
        }
        return String.join(", ", words);
    }

    private static String note(@Nullable Long n, String what) {
        return n == null || n == 0 ? "" : " (" + tokens(n) + " " + what + ")";
    }

    static String tokens(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    private static long known(@Nullable Long n) {
        return n == null ? 0 : n;
    }

    static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1_000.0);
    }
}
