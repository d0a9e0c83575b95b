package dev.turnbuckle.live;

import dev.turnbuckle.internal.codec.Json;
import tools.jackson.databind.node.ObjectNode;

/** One event with the cursor that continues after it. */
public record SessionEvent(Cursor cursor, Activity activity) {
    /** The activity's name in snake case: {@code text_delta}, {@code committed}, {@code gap}. */
    public String type() {
        return activity instanceof Activity.Unknown u
                ? u.name()
                : Json.tree(activity).path("type").asString();
    }

    /** One line of JSON with a version (O19). */
    public String json() {
        var json = (ObjectNode) Json.tree(activity);
        json.put("v", 1).put("cursor", cursor.value());
        return json.toString();
    }
}
