package dev.turnbuckle.internal.worker;

import dev.turnbuckle.internal.engine.TurnResult;
import dev.turnbuckle.session.Entry;
import dev.turnbuckle.store.CommitResult;
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
            CommitResult.Committed committed,
            SessionRow.Head head,
            int mostEntries) {
        var entries = new ArrayList<>(before.entries());
        long depth = head.depth() - ended.entries().size();
        String chain = started.session().head().chain();
        for (int i = 0; i < ended.entries().size(); i++) {
            depth++;
            chain = CommitPlan.chain(chain, committed.hashes().get(i));
            entries.add(new Entry(
                    head.branch(), depth, started.turn().id(), ended.entries().get(i), chain));
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
