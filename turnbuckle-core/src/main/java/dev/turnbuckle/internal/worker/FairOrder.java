package dev.turnbuckle.internal.worker;

import dev.turnbuckle.store.Inbox.Share;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Whose turn it is when there are more sessions than places (Q18): the shares stand in a ring, in the order of their names,
 * and each in turn gets a place for the session of it that waits longest. Where the ring begins again stands one more, for
 * whoever waits longest of all: what was sent by nodes that know of no shares is among them. Used by the claim loop alone.
 */
final class FairOrder {
    /** Shares that are looked at together. */
    static final int PAGE = 64;

    /** Sessions of each. */
    static final int OF_EACH = 16;

    /** Pages of shares of which nothing is due yet are passed over, so many at once. */
    private static final int PAGES = 16;

    private static final String BEGINNING = "";

    private String last = BEGINNING;

    /** @param share whose turn this would be; after it the ring goes on */
    record Candidate(String share, String session) {
        static Candidate ofAll(String session) {
            return new Candidate(BEGINNING, session);
        }
    }

    /** Who waits at one place of the ring. */
    private record Stand(String share, Iterator<String> sessions) {
        static Stand of(Share share) {
            return new Stand(share.name(), share.sessions().iterator());
        }
    }

    /**
     * @param oldest who waits longest of all
     * @param after the page of shares that follows a name
     * @return who may be given places, in this order
     */
    List<Candidate> candidates(List<String> oldest, Function<String, List<Share>> after) {
        List<Share> page = after.apply(last);
        for (int i = 1; i < PAGES && page.size() == PAGE && isIdle(page); i++) {
            last = page.getLast().name();
            page = after.apply(last);
        }
        return inTurn(ring(oldest, page, after));
    }

    private static boolean isIdle(List<Share> page) {
        return page.stream().allMatch(s -> s.sessions().isEmpty());
    }

    private List<Stand> ring(List<String> oldest, List<Share> page, Function<String, List<Share>> after) {
        var ring = new ArrayList<Stand>();
        page.forEach(s -> ring.add(Stand.of(s)));
        boolean more = page.size() == PAGE;
        ring.add(new Stand(more ? page.getLast().name() : BEGINNING, oldest.iterator()));
        if (!more && !last.equals(BEGINNING)) {
            Set<String> there = page.stream().map(Share::name).collect(Collectors.toSet());
            after.apply(BEGINNING).stream()
                    .takeWhile(s -> !there.contains(s.name()))
                    .forEach(s -> ring.add(Stand.of(s)));
        }
        return ring;
    }

    private static List<Candidate> inTurn(List<Stand> ring) {
        var taken = new LinkedHashMap<String, Candidate>();
        while (!ring.isEmpty()) {
            ring.removeIf(stand -> !takeOne(stand, taken));
        }
        return List.copyOf(taken.values());
    }

    /** @return false when nobody is left there */
    private static boolean takeOne(Stand stand, Map<String, Candidate> taken) {
        while (stand.sessions().hasNext()) {
            String session = stand.sessions().next();
            if (taken.putIfAbsent(session, new Candidate(stand.share(), session)) == null) {
                return true;
            }
        }
        return false;
    }

    /** This one was given a place. */
    void served(Candidate candidate) {
        last = candidate.share();
    }
}
