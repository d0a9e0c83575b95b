package dev.turnbuckle.live;

import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.session.SessionView;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * A view, the cursor that continues exactly from it, and what the open turn has shown so far, taken as one (O13).
 */
public record Observation(SessionView view, Cursor cursor, List<OpenItem> open) {
    /**
     * One item of the open turn, folded.
     *
     * @param kind {@code text}, {@code reasoning}, {@code tool}
     * @param text what was streamed so far, or the running tool's name
     * @param truncated whether the beginning was cut off to stay within the bound
     */
    public record OpenItem(String item, String kind, String text, Instant since, boolean truncated) {
        /** What a retraction calls it (O18): text and reasoning of one model attempt go together. */
        public String correlation() {
            return item.endsWith(REASONING) ? item.substring(0, item.length() - REASONING.length()) : item;
        }
    }

    /** Ends the item of a model attempt's reasoning. */
    static final String REASONING = "/reasoning";

    public Observation {
        open = List.copyOf(open);
    }

    /** One line of JSON. */
    public String json() {
        ObjectNode json = Json.object().put("v", 1).put("cursor", cursor.value());
        json.set("view", Json.tree(view));
        json.set("open", Json.tree(open));
        return json.toString();
    }
}
