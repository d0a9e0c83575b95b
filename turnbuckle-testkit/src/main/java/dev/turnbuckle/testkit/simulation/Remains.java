package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.session.Entry;
import dev.turnbuckle.session.InboxItem;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.PageRequest;
import dev.turnbuckle.session.Usage;
import dev.turnbuckle.store.Component;
import dev.turnbuckle.store.JournalEntry;
import dev.turnbuckle.store.Lease;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.SessionStore;
import dev.turnbuckle.store.Storage;
import dev.turnbuckle.store.TurnRow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What is in the store at the end, read past the wires. */
record Remains(
        Map<String, OfSession> sessions, List<Lease> leases, List<OpenWait> openWaits, List<JournalEntry> journal) {
    private static final Pattern LEFT = Pattern.compile("[a-z][0-9]+\\.[0-9]+#[0-9]+");

    record OfSession(
            SessionRow row,
            List<Entry> path,
            List<InboxItem> inbox,
            List<TurnRow> turns,
            Usage usage,
            List<String> ledger) {
        private static OfSession deleted(SessionRow row) {
            return new OfSession(row, List.of(), List.of(), List.of(), Usage.NONE, List.of());
        }
    }

    /** Those that nobody deleted. */
    Map<String, OfSession> living() {
        var living = new TreeMap<>(sessions);
        living.values().removeIf(s -> s.row().deleted());
        return living;
    }

    static Remains of(Storage storage, Collection<String> ids) {
        var sessions = new TreeMap<String, OfSession>();
        var journal = new ArrayList<JournalEntry>();
        for (String id : ids) {
            SessionRow row = storage.sessions().find(id).orElse(null);
            if (row != null) {
                var turns = storage.turns().list(id, PageRequest.first(100)).items();
                if (!row.deleted()) {
                    turns.forEach(t -> journal.addAll(storage.journal().read(id, t.id())));
                }
                sessions.put(id, row.deleted() ? OfSession.deleted(row) : of(storage, row, turns));
            }
        }
        return new Remains(
                sessions,
                storage.leases().list(),
                storage.journal().openWaits(Optional.empty(), 100),
                List.copyOf(journal));
    }

    private static OfSession of(Storage storage, SessionRow row, List<TurnRow> turns) {
        return new OfSession(
                row,
                storage.sessions().path(row.id(), SessionStore.From.root()),
                storage.inbox().list(row.id(), Set.of(InboxItem.State.values())),
                turns,
                storage.sessions().usage(row.id()),
                ledger(storage, row.id()));
    }

    private static List<String> ledger(Storage storage, String session) {
        Component component = storage.sessions().components(session).get(Agents.LEDGER.name());
        if (component == null) {
            return List.of();
        }
        String json = storage.blobs().get(component.hash()).orElseThrow().text();
        return LEFT.matcher(json).results().map(MatchResult::group).toList();
    }
}
