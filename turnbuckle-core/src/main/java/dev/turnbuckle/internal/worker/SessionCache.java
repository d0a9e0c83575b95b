package dev.turnbuckle.internal.worker;

import dev.turnbuckle.session.Entry;
import dev.turnbuckle.store.Component;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Settled state of the sessions that this node drove last, at its revision: saves reading what was just committed.
 * Bounded by number and by idle time, so a parked session holds nothing.
 */
final class SessionCache {
    static final int MAX_SESSIONS = 256;

    /** @param entries the newest ones, as many as the agent shows */
    record Settled(long revision, List<Entry> entries, Map<String, Component> components) {}

    private record Kept(Settled settled, long usedAt) {}

    private final long idleNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashMap<String, Kept> sessions = new LinkedHashMap<>(16, 0.75f, true);

    SessionCache(long idleNanos) {
        this.idleNanos = idleNanos;
    }

    @Nullable Settled at(String session, long revision) {
        lock.lock();
        try {
            Kept kept = sessions.get(session);
            return kept != null && kept.settled().revision() == revision ? kept.settled() : null;
        } finally {
            lock.unlock();
        }
    }

    void adopt(String session, Settled settled, long now) {
        lock.lock();
        try {
            sessions.put(session, new Kept(settled, now));
            if (sessions.size() > MAX_SESSIONS) {
                Iterator<String> eldest = sessions.keySet().iterator();
                eldest.next();
                eldest.remove();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Forgets what was not used for a while. */
    void sweep(long now) {
        lock.lock();
        try {
            sessions.values().removeIf(k -> now - k.usedAt() > idleNanos);
        } finally {
            lock.unlock();
        }
    }

    boolean isEmpty() {
        lock.lock();
        try {
            return sessions.isEmpty();
        } finally {
            lock.unlock();
        }
    }
}
