package dev.turnbuckle.checks.cluster;

import dev.turnbuckle.Events;
import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.live.SessionEvent;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Follows a session by cursor alone, now on one node, now on another, as a client does whose connection breaks. It keeps
 * account of what it was shown: which revisions, and for each turn that it saw whole, the text that was left in the end.
 */
final class Watcher implements Runnable {
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final int EVENTS_A_NODE = 60;

    private final List<Turnbuckle> nodes;
    private final String session;
    private final Random random;
    private final Map<TurnId, Map<String, String>> texts = new HashMap<>();
    private Cursor cursor;
    private long covered;
    private volatile long reached;
    private volatile boolean stopping;

    /** What it has to say; read when it has ended. */
    final List<String> complaints = new ArrayList<>();

    int commits;
    int jumps;
    int gaps;
    int retractions;
    int wholeTurns;
    int moves;
    int troubles;

    Watcher(List<Turnbuckle> nodes, String session, long seed) {
        this.nodes = nodes;
        this.session = session;
        this.random = new Random(seed);
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                try {
                    follow(nodes.get(random.nextInt(nodes.size())));
                } catch (StorageException e) {
                    troubles++; // the database is away: go on from the cursor
                    Thread.sleep(LOOK);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            complaints.add(session + ": " + e);
        }
    }

    private void follow(Turnbuckle node) {
        if (cursor == null) {
            var observation = node.session(session).observe();
            covered = observation.view().revision();
            reached = covered;
            cursor = observation.cursor();
        }
        moves++;
        try (Events events = node.session(session).events(Cursor.parse(cursor.value()))) {
            for (int i = 0; i < EVENTS_A_NODE && !stopping; i++) {
                events.next(LOOK).ifPresent(this::seen);
            }
        }
    }

    private void seen(SessionEvent event) {
        cursor = event.cursor();
        switch (event.activity()) {
            case Activity.Gap gap -> {
                gaps++;
                texts.clear();
                advance(gap.observation().view().revision(), true);
            }
            case Activity.Committed committed -> {
                commits++;
                if (committed.revision() <= covered) {
                    complaints.add(session + ": told of revision " + committed.revision() + " after " + covered);
                }
                advance(committed.revision(), false);
            }
            case Activity.TurnStarted started -> texts.putIfAbsent(started.turn(), new LinkedHashMap<>());
            case Activity.TextDelta delta -> {
                var shown = texts.get(delta.turn());
                if (shown != null) {
                    shown.merge(delta.item(), delta.text(), String::concat);
                }
            }
            case Activity.Retracted back -> {
                retractions++;
                var shown = texts.get(back.turn());
                if (shown != null) {
                    shown.keySet().removeAll(back.items());
                }
            }
            case Activity.TurnEnded ended -> ended(ended);
            default -> {}
        }
    }

    private void advance(long revision, boolean observed) {
        if (!observed && revision > covered + 1) {
            jumps++;
        }
        if (revision < covered) {
            complaints.add(session + ": went back from revision " + covered + " to " + revision);
        }
        covered = Math.max(covered, revision);
        reached = covered;
    }

    private void ended(Activity.TurnEnded ended) {
        var shown = texts.remove(ended.turn());
        if (shown != null && ended.outcome() instanceof TurnOutcome.Answered answered) {
            wholeTurns++;
            if (!shown.containsValue(answered.answer())) {
                complaints.add(session + ", turn " + ended.turn() + ": the answer was \"" + answered.answer()
                        + "\", shown was " + shown);
            }
        }
    }

    /** The newest revision that it was shown. */
    long reached() {
        return reached;
    }

    String session() {
        return session;
    }

    void stop() {
        stopping = true;
    }
}
