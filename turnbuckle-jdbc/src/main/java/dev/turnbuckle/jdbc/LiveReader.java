package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.env.Environment.Signal;
import dev.turnbuckle.error.ClosedException;
import dev.turnbuckle.live.LiveReplay.Bounds;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one task that reads: questions of callers, many in one snapshot, and what is new in the sessions that are observed
 * here. It looks when it is told that something was stored, and from time to time in any case: a notice is a hint.
 */
final class LiveReader {
    private static final Logger LOG = LoggerFactory.getLogger(LiveReader.class);

    private static final Duration AFTER_FAILURE = Duration.ofMillis(500);
    private static final int QUESTIONS_AT_ONCE = 256;
    private static final int NEWS_AT_ONCE = 4_096;

    private final LiveLink link;
    private final LiveFeeds feeds;
    private final LiveClock clock;
    private final Environment environment;
    private final Bounds bounds;
    private final Signal work;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Question<?>> questions = new ArrayDeque<>();
    private final LivePace pace;
    private boolean closed;

    LiveReader(LiveLink link, LiveFeeds feeds, LiveClock clock, Bounds bounds) {
        this.link = link;
        this.feeds = feeds;
        this.clock = clock;
        this.environment = clock.environment();
        this.bounds = bounds;
        this.work = environment.signal();
        this.pace = new LivePace(environment.nanos());
    }

    /** What somebody waits for. */
    private static final class Question<T> {
        final String session;
        final Function<LiveReading, T> ask;
        final Signal signal;
        final long before;
        volatile boolean answered;

        @Nullable T answer;

        @Nullable RuntimeException failure;

        Question(String session, Function<LiveReading, T> ask, Environment environment) {
            this.session = session;
            this.ask = ask;
            this.signal = environment.signal();
            this.before = signal.version();
        }

        void answer(LiveReading reading) {
            answer = ask.apply(reading);
        }

        void done() {
            answered = true;
            signal.raise();
        }
    }

    /**
     * Blocks until it is answered; an interrupt does not withdraw it.
     *
     * @throws dev.turnbuckle.error.StorageException when the database does not answer
     */
    <T> T ask(String session, Function<LiveReading, T> ask) {
        var question = new Question<>(session, ask, environment);
        put(question);
        boolean interrupted = false;
        while (!question.answered) {
            try {
                question.signal.await(question.before, Job.FOREVER);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        T answer = question.answer;
        if (question.failure != null || answer == null) {
            throw question.failure == null ? new IllegalStateException("no answer") : question.failure;
        }
        return answer;
    }

    private void put(Question<?> question) {
        lock.lock();
        try {
            if (closed) {
                throw closed();
            }
            questions.add(question);
        } finally {
            lock.unlock();
        }
        work.raise();
    }

    private static ClosedException closed() {
        return new ClosedException("the live replay is closed");
    }

    /** Somebody stored something. */
    void notice() {
        pace.notice();
        work.raise();
    }

    /** Whether notices come, so that looking from time to time is a precaution only. */
    void listens(boolean listens) {
        pace.listens(listens);
        notice();
    }

    void run() {
        try {
            boolean due = false;
            while (true) {
                long seen = work.version();
                List<Question<?>> asked = taken();
                if (asked == null) {
                    return;
                }
                Duration pause = round(asked, due);
                due = asked.size() < QUESTIONS_AT_ONCE && !work.await(seen, pause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
            List<Question<?>> left = taken();
            if (left != null) {
                fail(left, closed());
            }
        }
    }

    /** @return {@code null} when nobody asks any more */
    private @Nullable List<Question<?>> taken() {
        lock.lock();
        try {
            var taken = new ArrayList<Question<?>>();
            while (!questions.isEmpty() && taken.size() < QUESTIONS_AT_ONCE) {
                taken.add(questions.remove());
            }
            return taken.isEmpty() && closed ? null : taken;
        } finally {
            lock.unlock();
        }
    }

    /** @return how long nothing needs to be done unless somebody asks */
    private Duration round(List<Question<?>> asked, boolean due) {
        Duration untilLook = due ? Duration.ZERO : pace.left(environment.nanos());
        boolean look = !feeds.isEmpty() && untilLook.isZero();
        if (asked.isEmpty() && !look) {
            return feeds.isEmpty() ? Duration.ofMinutes(1) : untilLook;
        }
        if (look) {
            pace.begin(environment.nanos());
        }
        try {
            link.read(sql -> {
                answer(asked, look, new LiveReading(sql, bounds));
                return asked;
            });
            asked.forEach(Question::done);
            return feeds.isEmpty() ? Duration.ofMinutes(1) : pace.left(environment.nanos());
        } catch (SqlFailure e) {
            fail(asked, link.dialect().explain(e.sql()));
        } catch (RuntimeException e) { // the task's edge: it must go on, and who asked must hear of it
            fail(asked, e);
        }
        pace.notice(); // what this look was to find is still to be found
        return AFTER_FAILURE;
    }

    private void answer(List<Question<?>> asked, boolean look, LiveReading reading) {
        reading.fetch(asked.stream().map(q -> q.session).distinct().toList());
        LiveReading.Life life = reading.life();
        if (life != null) {
            clock.saw(life.now());
        }
        asked.forEach(q -> q.answer(reading));
        if (look) {
            news(reading);
        }
    }

    private void news(LiveReading reading) {
        LiveReading.Life life = reading.life();
        if (life == null) {
            return;
        }
        feeds.leave(life.incarnation());
        Map<String, Long> tails = feeds.tails();
        if (!tails.isEmpty()) {
            List<LiveRow> rows = reading.news(tails, NEWS_AT_ONCE);
            feeds.add(life.incarnation(), rows);
            if (rows.size() == NEWS_AT_ONCE) {
                pace.notice();
            }
        }
    }

    private static void fail(List<Question<?>> asked, RuntimeException why) {
        LOG.debug("live events could not be read", why);
        for (Question<?> question : asked) {
            question.failure = why;
            question.done();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        work.raise();
    }
}
