package dev.turnbuckle.internal.engine;

import dev.turnbuckle.internal.codec.Hash;
import dev.turnbuckle.session.Entry;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.store.Component;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.WaitRow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a drive begins with; all of it recorded.
 *
 * @param chain chain of the head
 * @param inputs rows that the turn holds, in order
 * @param drive number of this drive, for correlation ids
 * @param drivenBefore time that earlier drives spent
 */
public record TurnFacts(
        String session,
        TurnId turn,
        int drive,
        Duration drivenBefore,
        List<Entry> history,
        String chain,
        Map<String, Component> components,
        List<InboxItem> inputs,
        List<JournalEntry> journal,
        List<WaitRow> waits,
        @Nullable String answerSchema,
        Map<String, String> context) {
    /** Idempotency key of an effect (J1). */
    String idempotencyKey(String effectKey) {
        return Hash.of(session, turn.value(), effectKey);
    }
}
