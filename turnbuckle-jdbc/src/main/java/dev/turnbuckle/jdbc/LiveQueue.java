package dev.turnbuckle.jdbc;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What was appended and is not stored yet, in order for each session. Bounded: a session for whose entry there is no room
 * loses all that waits, and is marked, so that its stream shows a gap instead of a hole. What was taken counts until it is
 * said to be {@link #done} or {@link #giveBack given back}.
 */
final class LiveQueue {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Deque<LiveEntry>> waiting = new LinkedHashMap<>();
    private final Set<String> dropped = new HashSet<>();
    private final Bounds bounds;
    private int entries;
    private long size;

    /**
     * @param entries that wait or are being stored at once, of all sessions
     * @param size of them, in characters
     */
    record Bounds(int entries, long size) {
        static final Bounds DEFAULT = new Bounds(16_384, 16L << 20);
    }

    /** @param dropped whether entries before these were dropped */
    record Share(List<LiveEntry> entries, boolean dropped) {}

    LiveQueue(Bounds bounds) {
        this.bounds = bounds;
    }

    /** @return whether nothing was waiting */
    boolean put(String session, LiveEntry entry) {
        lock.lock();
        try {
            boolean first = waiting.isEmpty() && dropped.isEmpty();
            if (entries >= bounds.entries() || size + entry.size() > bounds.size()) {
                drop(session);
            } else {
                waiting.computeIfAbsent(session, s -> new ArrayDeque<>()).add(entry);
                counted(entry, 1);
            }
            return first;
        } finally {
            lock.unlock();
        }
    }

    private void counted(LiveEntry entry, int sign) {
        entries += sign;
        size += (long) sign * entry.size();
    }

    /** Nothing of these sessions will be stored of what was appended so far. */
    void drop(Set<String> sessions) {
        lock.lock();
        try {
            sessions.forEach(this::drop);
        } finally {
            lock.unlock();
        }
    }

    private void drop(String session) {
        Deque<LiveEntry> left = waiting.remove(session);
        if (left != null) {
            left.forEach(e -> counted(e, -1));
        }
        dropped.add(session);
    }

    /** Takes the oldest, at most so many entries; who waits longest is first. */
    Map<String, Share> take(int most) {
        lock.lock();
        try {
            var taken = new HashMap<String, Share>();
            int left = most;
            for (Iterator<Map.Entry<String, Deque<LiveEntry>>> all =
                            waiting.entrySet().iterator();
                    all.hasNext() && left > 0; ) {
                Map.Entry<String, Deque<LiveEntry>> next = all.next();
                var share = new ArrayList<LiveEntry>();
                while (left > 0 && !next.getValue().isEmpty()) {
                    share.add(next.getValue().remove());
                    left--;
                }
                if (next.getValue().isEmpty()) {
                    all.remove();
                }
                taken.put(next.getKey(), new Share(share, dropped.remove(next.getKey())));
            }
            for (String session : List.copyOf(dropped)) {
                if (taken.size() < most && !waiting.containsKey(session)) {
                    taken.put(session, new Share(List.of(), true));
                    dropped.remove(session);
                }
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** These were stored, or never will be. */
    void done(List<LiveEntry> taken) {
        lock.lock();
        try {
            taken.forEach(e -> counted(e, -1));
        } finally {
            lock.unlock();
        }
    }

    /** What could not be stored yet goes before what came since. */
    void giveBack(String session, Share share) {
        lock.lock();
        try {
            if (dropped.contains(session)) {
                share.entries().forEach(e -> counted(e, -1));
                return;
            }
            if (!share.entries().isEmpty()) {
                Deque<LiveEntry> queue = waiting.computeIfAbsent(session, s -> new ArrayDeque<>());
                share.entries().reversed().forEach(queue::addFirst);
            }
            if (share.dropped()) {
                dropped.add(session);
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isEmpty() {
        lock.lock();
        try {
            return waiting.isEmpty() && dropped.isEmpty();
        } finally {
            lock.unlock();
        }
    }
}
