package dev.turnbuckle.internal.engine;

import dev.turnbuckle.internal.codec.Hash;
import dev.turnbuckle.internal.codec.Json;
import dev.turnbuckle.session.Entry;
import dev.turnbuckle.session.Message;
import dev.turnbuckle.store.plan.CommitPlan;
import java.util.ArrayList;
import java.util.List;

/** What the model sees: the settled entries and what this turn adds, with the chain that identifies both. One thread. */
final class TurnContext {
    private final List<Entry> history;
    private final List<Message> added = new ArrayList<>();
    private String chain;

    /** @param chain the head's chain */
    TurnContext(List<Entry> history, String chain) {
        this.history = history;
        this.chain = chain;
    }

    void add(Message message) {
        added.add(message);
        chain = CommitPlan.chain(chain, Hash.of(Json.write(message)));
    }

    /** Hash of the whole path up to here: proves a rebuilt request at the cost of what is new. */
    String chain() {
        return chain;
    }

    List<Message> added() {
        return List.copyOf(added);
    }

    /** Settled entries from this depth on, then what was added. */
    List<Message> messages(long from) {
        var messages = new ArrayList<Message>(history.size() + added.size());
        for (Entry entry : history) {
            if (entry.depth() >= from) {
                messages.add(entry.message());
            }
        }
        messages.addAll(added);
        return messages;
    }

    /** Depth of the first settled entry to show: at most so many, beginning with a user message (or what is oldest). */
    long from(int most) {
        int first = Math.max(0, history.size() - most);
        while (first < history.size() && history.get(first).message().role() != Message.Role.USER) {
            first++;
        }
        if (first == history.size()) {
            first = Math.max(0, history.size() - most);
        }
        return history.isEmpty()
                ? 1
                : history.get(Math.min(first, history.size() - 1)).depth();
    }
}
