package dev.turnbuckle.testkit.tck;

import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.tool.EffectClass;
import org.jspecify.annotations.Nullable;

/** Journal entries with literal contents. */
final class Entries {
    private static final String REQUEST_HASH = "a".repeat(64);

    private Entries() {}

    static JournalEntry started(String key) {
        return entry(key, EffectClass.ONCE, null, 1);
    }

    static JournalEntry done(String key, String outcome) {
        return entry(key, EffectClass.READ, outcome, 1);
    }

    static JournalEntry entry(String key, EffectClass effectClass, @Nullable String outcome, int attempts) {
        return new JournalEntry(
                key,
                "tool",
                effectClass,
                REQUEST_HASH,
                "{\"n\":1}",
                outcome,
                attempts,
                ManualClock.BEGINNING,
                outcome == null ? null : ManualClock.BEGINNING.plusSeconds(1));
    }
}
