package dev.turnbuckle.bench;

import dev.turnbuckle.Events;
import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.SessionEvent;
import dev.turnbuckle.memory.MemoryLiveReplay;
import dev.turnbuckle.session.TurnId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One session and its readers, each on a virtual thread of its own, as an application has them: {@code session.events()}
 * and {@code next}. What a worker appends for a turn is appended here to the same live replay.
 */
final class Crowd implements AutoCloseable {
    static final TurnId TURN = new TurnId("t-bench");

    private static final String SESSION = "crowd";
    private static final Duration PATIENCE = Duration.ofHours(1);

    private final MemoryLiveReplay live = new MemoryLiveReplay();
    private final Turnbuckle turnbuckle =
            Turnbuckle.builder().liveReplay(live).model(new InstantModel()).build();
    private final List<Events> readings = new ArrayList<>();
    private final List<Thread> readers = new ArrayList<>();
    private final Arrivals arrivals;

    Crowd(int size) {
        arrivals = new Arrivals(size);
        for (int i = 0; i < size; i++) {
            Events events = turnbuckle.session(SESSION).events();
            readings.add(events);
            readers.add(Thread.ofVirtual().start(() -> read(events)));
        }
    }

    private void read(Events events) {
        long read = 0;
        try {
            for (var event = events.next(PATIENCE); event.isPresent(); event = events.next(PATIENCE)) {
                require(event.get());
                arrivals.read(++read);
            }
        } catch (RuntimeException e) { // told to the writer
            arrivals.failed(e);
        }
    }

    /** A gap would make less work of it. */
    private static void require(SessionEvent event) {
        if (!(event.activity() instanceof Activity.TextDelta)) {
            throw new IllegalStateException("expected text, not " + event.type());
        }
    }

    /** What a model says, word by word. */
    static Activity delta() {
        return new Activity.TextDelta(TURN, "model/1#1.1", "umbrella ");
    }

    void append() {
        live.append(SESSION, delta());
    }

    /**
     * Until everybody has read everything and sleeps.
     *
     * @param next appends that follow
     */
    void settle(int next) {
        arrivals.settle();
        arrivals.expect(next);
    }

    void burst(int events) {
        arrivals.expect(events);
        for (int i = 0; i < events; i++) {
            append();
        }
        arrivals.await();
    }

    @Override
    public void close() throws InterruptedException {
        readings.forEach(Events::close);
        for (Thread reader : readers) {
            reader.join();
        }
        turnbuckle.close();
    }
}
