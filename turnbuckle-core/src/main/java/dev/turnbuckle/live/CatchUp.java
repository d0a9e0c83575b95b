package dev.turnbuckle.live;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a live replay knows after a cursor: everything, in order, or a gap; never a shortened list (O5). */
public sealed interface CatchUp {
    enum Reason {
        /** Older than what is kept. */
        TRIMMED,
        /** Another incarnation, ahead of the tail, or the publication was lost. */
        UNAVAILABLE
    }

    record Events(List<SessionEvent> events) implements CatchUp {
        public Events {
            events = List.copyOf(events);
        }
    }

    /**
     * @param latestRevision the newest committed revision that the live replay knows
     * @param missed how many events the reader fell behind what is kept (O9); {@code null} when that is not known
     */
    record Gap(Reason reason, long latestRevision, @Nullable Long missed) implements CatchUp {
        public Gap(Reason reason, long latestRevision) {
            this(reason, latestRevision, null);
        }
    }
}
