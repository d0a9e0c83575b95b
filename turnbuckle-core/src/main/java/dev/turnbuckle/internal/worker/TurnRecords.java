package dev.turnbuckle.internal.worker;

import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.internal.engine.TurnResult;
import dev.turnbuckle.store.Blob;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Turns;
import java.util.List;

/** The journal folded into the turn record (J13): what recovery, time travel and tests read later. */
final class TurnRecords {
    private TurnRecords() {}

    /**
     * @param chain chain of the history that the turn began from; with the entries it identifies every model request
     */
    record Folded(
            int v,
            String session,
            String turn,
            String agent,
            long baseRevision,
            String chain,
            int attempts,
            List<Long> inputs,
            String outcome,
            List<JournalEntry> entries) {}

    static Blob fold(Turns.Started started, TurnResult.Ended ended) {
        return Blob.of(Json.write(new Folded(
                1,
                started.session().id(),
                started.turn().id().value(),
                started.turn().agent(),
                started.turn().baseRevision(),
                started.session().head().chain(),
                started.turn().attempts(),
                ended.inputs(),
                ended.outcome().code(),
                ended.journal())));
    }
}
