package dev.turnbuckle.internal.worker;

import dev.turnbuckle.internal.codec.Hash;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.internal.engine.TurnResult;
import dev.turnbuckle.session.Entry;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.store.Component;
import dev.turnbuckle.store.SessionRow;
import dev.turnbuckle.store.Turns;
import dev.turnbuckle.store.plan.CommitPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The settled state after a commit, from the one before and what was committed: what a read would return. */
final class Adopted {
    private Adopted() {}

    static SessionCache.Settled of(
            SessionCache.Settled before,
            Turns.Started started,
            TurnResult.Ended ended,
            SessionRow.Head head,
            int mostEntries) {
        var entries = new ArrayList<>(before.entries());
        long depth = head.depth() - ended.entries().size();
        String chain = started.session().head().chain();
        for (Message message : ended.entries()) {
            depth++;
            chain = CommitPlan.chain(chain, Hash.of(Json.write(message)));
            entries.add(new Entry(head.branch(), depth, started.turn().id(), message, chain));
        }
        int surplus = entries.size() - mostEntries;
        List<Entry> kept = surplus > 0 ? List.copyOf(entries.subList(surplus, entries.size())) : List.copyOf(entries);
        return new SessionCache.Settled(head.revision(), kept, components(before, ended));
    }

    private static Map<String, Component> components(SessionCache.Settled before, TurnResult.Ended ended) {
        if (ended.components() == null) {
            return before.components();
        }
        var components = new TreeMap<String, Component>();
        ended.components().forEach((name, c) -> components.put(name, c.unchanged()));
        return components;
    }
}
