package dev.turnbuckle;

import dev.turnbuckle.session.Page;
import dev.turnbuckle.session.PageRequest;
import dev.turnbuckle.session.SessionSummary;
import dev.turnbuckle.store.SessionStore;

/** All sessions of the store. */
public final class Sessions {
    private final Turnbuckle turnbuckle;

    Sessions(Turnbuckle turnbuckle) {
        this.turnbuckle = turnbuckle;
    }

    /** Newest activity first (S5). */
    public Page<SessionSummary> list(PageRequest page) {
        return list(SessionStore.Query.ALL, page);
    }

    public Page<SessionSummary> list(SessionStore.Query query, PageRequest page) {
        return turnbuckle.node().storage().sessions().list(query, page);
    }

    /** Makes a session before its first input. @return whether this call made it; an existing one keeps its metadata (S2) */
    public boolean create(String id, String agent, SessionSummary.Metadata metadata) {
        return turnbuckle.node().storage().sessions().create(id, agent, metadata);
    }

    /** Changes what the host says about a session. */
    public void describe(String id, SessionSummary.Metadata metadata) {
        turnbuckle.node().storage().sessions().describe(id, metadata);
    }
}
