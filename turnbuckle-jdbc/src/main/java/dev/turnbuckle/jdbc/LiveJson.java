package dev.turnbuckle.jdbc;

import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.live.Activity;

/** Activities as text that a database can hold: a delta may end in the middle of a character. */
final class LiveJson {
    private LiveJson() {}

    static String write(Activity activity) {
        String json = Json.write(activity);
        for (int i = 0; i < json.length(); i++) {
            if (Character.isSurrogate(json.charAt(i))) {
                return escaped(json, i);
            }
        }
        return json;
    }

    /** Halves of characters can stand in texts only, where their number stands for them. */
    private static String escaped(String json, int from) {
        var escaped = new StringBuilder(json.length() + 16).append(json, 0, from);
        for (int i = from; i < json.length(); i++) {
            char c = json.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < json.length() && Character.isLowSurrogate(json.charAt(i + 1))) {
                escaped.append(c).append(json.charAt(++i));
            } else if (Character.isSurrogate(c)) {
                escaped.append(String.format("\\u%04x", (int) c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }

    static Activity read(String json) {
        return Activity.read(json);
    }
}
