package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.live.Observation;
import dev.turnbuckle.session.TurnId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one observer knows: a position, a revision, and what is shown without being settled. */
final class Fold {
    @Nullable Cursor cursor;

    long revision;

    /** It was told that the session is no more. */
    boolean ended;

    /** Provisional text by item. */
    final Map<String, StringBuilder> open = new LinkedHashMap<>();

    @Nullable TurnFold turn;

    /** One drive of one turn as its events tell it; whole when the drive was seen from its beginning. */
    static final class TurnFold {
        final TurnId id;
        boolean whole;
        final List<String> inputs = new ArrayList<>();
        final List<String> answers = new ArrayList<>();

        TurnFold(TurnId id, boolean whole) {
            this.id = id;
            this.whole = whole;
        }
    }

    void startFrom(Observation observation) {
        cursor = observation.cursor();
        revision = observation.view().revision();
        turn = null;
        open.clear();
        for (Observation.OpenItem item : observation.open()) {
            if (item.kind().equals("text")) {
                open.put(item.item(), new StringBuilder(item.text()));
            }
        }
    }
}
