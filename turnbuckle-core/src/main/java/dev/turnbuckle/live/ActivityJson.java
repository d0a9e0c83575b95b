package dev.turnbuckle.live;

import dev.turnbuckle.internal.codec.Json;
import java.util.Optional;

/** Activities that programs of other versions wrote. */
final class ActivityJson {
    private ActivityJson() {}

    static Activity read(String json) {
        var tree = Json.parse(json);
        Optional<Activity> known = Json.known(tree, Activity.class);
        return known.orElseGet(() -> new Activity.Unknown(tree.path("type").asString("unknown"), json));
    }
}
