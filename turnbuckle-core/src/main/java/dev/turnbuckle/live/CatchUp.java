package dev.turnbuckle.live;

import java.util.List;

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

    /** @param latestRevision the newest committed revision that the live replay knows */
    record Gap(Reason reason, long latestRevision) implements CatchUp {}
}
