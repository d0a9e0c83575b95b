package dev.turnbuckle.cli.chat;

import dev.turnbuckle.Events;
import dev.turnbuckle.Session;
import dev.turnbuckle.cli.out.Piece;
import dev.turnbuckle.error.ClosedException;
import dev.turnbuckle.error.TurnbuckleException;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.Observation;
import dev.turnbuckle.live.SessionEvent;
import dev.turnbuckle.session.Input;
import dev.turnbuckle.session.OpenWait;
import dev.turnbuckle.session.SessionView;
import dev.turnbuckle.session.TurnId;
import dev.turnbuckle.session.TurnOutcome;
import dev.turnbuckle.session.WaitId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Shows what happens in a session, on a thread of its own, and keeps what the person's side needs to know: whether
 * something is awaited, and what is asked. Events are believed for what is shown; that a turn is over is also looked up,
 * since another process may have driven it.
 */
final class Feed implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(150);
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    private final Session session;
    private final Console console;
    private final Transcript transcript = new Transcript();
    private final Thread reader;
    private Events events;

    /** Inputs whose turn has not ended; a steer's text, empty for others. Guarded by this, as is what follows. */
    private final Map<TurnId, String> awaited = new LinkedHashMap<>();

    private List<OpenWait> questions = List.of();
    private final Set<WaitId> postponed = new HashSet<>();
    private final Set<WaitId> answered = new HashSet<>();
    private boolean endedHere;
    private boolean broken;
    private volatile boolean closed;

    /** @param past whether what was said before is shown first */
    Feed(Session session, Console console, boolean past) {
        this.session = session;
        this.console = console;
        Observation now = session.observe();
        if (past) {
            console.show(Past.of(now.view()));
        }
        this.events = session.events(now.cursor());
        resume(now);
        this.reader = Thread.ofVirtual().name("turnbuckle-feed").start(this::read);
    }

    /** What was open when the last program ended goes on by itself; it is shown from where it stands. */
    private void resume(Observation now) {
        TurnId open = now.view().openTurn();
        if (open != null) {
            String asked = session.turn(open).summary().map(s -> s.userText()).orElse("");
            console.show(Past.open(asked));
            session.inbox(true).stream()
                    .filter(i -> i.turn().equals(open))
                    .forEach(i -> transcript.shown(i.sequence()));
            awaited.put(open, "");
            console.show(transcript.observed(now));
        }
        session.inbox(false).forEach(item -> awaited.put(item.turn(), ""));
    }

    private void read() {
        try (Events mine = events) {
            while (!closed) {
                SessionEvent event = mine.next(LOOK).orElse(null);
                if (event == null) {
                    lookUp();
                } else {
                    on(event.activity());
                }
            }
        } catch (ClosedException e) {
            // the chat moves on or ends
        } catch (TurnbuckleException e) { // the thread's edge: the person hears of it, and can go on or leave
            broken(e);
        } catch (RuntimeException e) { // a bug must not leave the person waiting
            broken(new IllegalStateException("a bug, please report it; what is sent still arrives: " + e, e));
        }
    }

    private void broken(RuntimeException e) {
        if (!closed) {
            console.show(Screens.trouble(e));
        }
        synchronized (this) {
            broken = true;
        }
    }

    private void on(Activity activity) {
        List<Piece> pieces;
        synchronized (this) {
            pieces = new ArrayList<>(transcript.on(activity));
            note(activity);
            if (activity instanceof Activity.Committed committed) {
                pieces.addAll(committed(committed));
            }
        }
        console.show(pieces);
        settle(activity);
    }

    private void note(Activity activity) {
        switch (activity) {
            case Activity.TurnStarted a -> {
                awaited.putIfAbsent(a.turn(), "");
                questions = List.of();
            }
            case Activity.InputApplied a -> joined(a);
            case Activity.InboxChanged a when a.change().equals("cancelled") -> awaited.remove(a.turn());
            default -> {}
        }
    }

    /** After it is on the screen: who waits for this may write at once. */
    private synchronized void settle(Activity activity) {
        switch (activity) {
            case Activity.TurnSuspended a -> questions = a.waits();
            case Activity.TurnEnded a -> {
                awaited.remove(a.turn());
                questions = List.of();
                endedHere = true;
            }
            default -> {}
        }
    }

    private void joined(Activity.InputApplied applied) {
        awaited.entrySet().stream()
                .filter(e -> !e.getKey().equals(applied.turn()))
                .filter(e -> !e.getValue().isEmpty() && e.getValue().equals(applied.text()))
                .map(Map.Entry::getKey)
                .findFirst()
                .ifPresent(awaited::remove);
    }

    /** What another process committed was not seen happening here. */
    private List<Piece> committed(Activity.Committed committed) {
        if (endedHere) {
            endedHere = false;
            return List.of();
        }
        SessionView view = session.view();
        int from = (int) Math.max(0, view.entries().size() - committed.added());
        return Past.entries(view.entries().subList(from, view.entries().size()));
    }

    /** Nothing is heard: how do those that are awaited stand? */
    private void lookUp() {
        List<TurnId> open;
        synchronized (this) {
            open = List.copyOf(awaited.keySet());
        }
        for (TurnId turn : open) {
            session.turn(turn).await(Duration.ZERO).ifPresentOrElse(outcome -> found(turn, outcome), () -> drop(turn));
        }
    }

    private void found(TurnId turn, TurnOutcome outcome) {
        List<Piece> pieces = List.of();
        synchronized (this) {
            if (outcome instanceof TurnOutcome.Suspended suspended) {
                questions = suspended.waits().stream()
                        .filter(w -> !answered.contains(w.id()))
                        .toList();
                return;
            }
            if (!transcript.hasEnded(outcome.turn())) {
                pieces = transcript.endedElsewhere(outcome);
                endedHere = true;
            }
        }
        console.show(pieces);
        drop(outcome.turn());
        synchronized (this) {
            awaited.remove(turn);
        }
    }

    /** It waits for nothing any more: somebody else decided, or the time for it is over. */
    private synchronized void drop(TurnId turn) {
        questions = questions.stream().filter(q -> !q.turn().equals(turn)).toList();
    }

    /** Sends words that stand on the screen: to the turn that runs, which reads them at its next step, else as the next. */
    void send(Input input, String text) {
        boolean steers;
        @Nullable TurnId open;
        synchronized (this) {
            steers = busy();
            open = steers ? awaited.keySet().iterator().next() : null;
            if (!steers) {
                transcript.typed(text);
            }
        }
        TurnId turn = open == null
                ? session.send(input).id()
                : session.turn(open).steer(input).id();
        synchronized (this) {
            if (!transcript.hasEnded(turn)) {
                awaited.put(turn, steers ? text : "");
            }
        }
    }

    /** Whether there is something to wait for. */
    synchronized boolean busy() {
        return !broken && !awaited.isEmpty() && questions.isEmpty();
    }

    /** What is asked now; {@code null} when nothing is, or all of it was put off. */
    synchronized @Nullable OpenWait question() {
        return questions.stream()
                .filter(q -> !postponed.contains(q.id()))
                .findFirst()
                .orElse(null);
    }

    /** Whether a turn runs or waits. */
    synchronized boolean open() {
        return !awaited.isEmpty();
    }

    /** The turns that a Ctrl-C means. */
    synchronized List<TurnId> awaited() {
        return List.copyOf(awaited.keySet());
    }

    synchronized void postpone(OpenWait question) {
        postponed.add(question.id());
    }

    /** Somebody answered it; when it was the last one, its turn goes on. */
    synchronized void answered(OpenWait question) {
        answered.add(question.id());
        questions =
                questions.stream().filter(q -> !q.id().equals(question.id())).toList();
    }

    @Override
    public void close() {
        closed = true;
        events.close();
        try {
            reader.join(FAREWELL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
