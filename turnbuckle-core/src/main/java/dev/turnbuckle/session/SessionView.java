package dev.turnbuckle.session;

import dev.turnbuckle.internal.codec.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Projection of committed state: the only source of settled text.
 *
 * @param revision 0 for a session that has not committed yet
 * @param openTurn the turn that runs or waits
 */
public record SessionView(
        String id,
        String agent,
        long revision,
        List<Entry> entries,
        @Nullable TurnId openTurn) {
    public SessionView {
        entries = List.copyOf(entries);
    }

    /** JSON on one line. */
    public String json() {
        return Json.write(this);
    }

    @Override
    public String toString() {
        return json();
    }
}
