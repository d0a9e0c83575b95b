package dev.turnbuckle.jdbc;

import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.live.Observation.OpenItem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the tables hold of one session's stream.
 *
 * @param revision the newest one that was published; -1 when none is known
 * @param generation of the newest drive that showed something
 * @param ended whether the session's end was published: nothing follows
 * @param used when something was last stored, in microseconds
 */
record LiveHeader(
        String session, Places places, long revision, long generation, OpenTurn open, boolean ended, long used) {

    /**
     * @param first positions of this header are above it
     * @param tail the newest
     * @param lost below it a reader misses something that was never stored
     * @param size of all events that were ever stored
     */
    record Places(long first, long tail, long lost, long size) {}

    /**
     * The open turn, without its texts: these are in its events.
     *
     * @param at position of its first event
     * @param items JSON; {@code null} when no turn is open
     * @param maimed whether some of its text is lost
     */
    record OpenTurn(long at, @Nullable String items, boolean maimed) {
        static final OpenTurn NONE = new OpenTurn(0, null, false);

        List<OpenItem> itemsWithoutTexts() {
            return items == null ? List.of() : Json.readList(items, OpenItem.class);
        }

        static boolean hasText(OpenItem item) {
            return !item.kind().equals("tool");
        }
    }

    static LiveHeader fresh(String session, long high) {
        return new LiveHeader(session, new Places(high, high, high, 0), -1, -1, OpenTurn.NONE, false, 0);
    }
}
