package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.env.Environment.Signal;
import dev.turnbuckle.env.Environment.Task;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears what other nodes stored, on a connection of its own while somebody subscribes here. A hint: when the connection
 * is lost it is made again, and until then the reader looks more often.
 */
final class LiveNotices {
    private static final Logger LOG = LoggerFactory.getLogger(LiveNotices.class);

    private static final Duration LISTENS = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration REST = Duration.ofMinutes(1);

    private final LiveLink link;
    private final LiveFeeds feeds;
    private final LiveReader reader;
    private final Environment environment;
    private final LiveFlusher.Options options;
    private final Signal attention;
    private volatile boolean closed;
    private int failures;

    LiveNotices(
            LiveLink link, LiveFeeds feeds, LiveReader reader, Environment environment, LiveFlusher.Options options) {
        this.link = link;
        this.feeds = feeds;
        this.reader = reader;
        this.environment = environment;
        this.options = options;
        this.attention = environment.signal();
    }

    /** Somebody subscribes. */
    void attend() {
        attention.raise();
    }

    void run() {
        try {
            while (!closed) {
                long seen = attention.version();
                if (feeds.isEmpty()) {
                    attention.await(seen, REST);
                } else {
                    listen();
                    attention.await(attention.version(), pause());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Duration pause() {
        if (failures == 0) {
            return Duration.ofMillis(1);
        }
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures - 1, 10));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    private void listen() {
        try (Connection connection = link.source().getConnection()) {
            var notifications = PostgresNotifications.on(connection, options.channel());
            failures = 0;
            reader.listens(true); // and what was stored before is looked for
            hear(notifications);
            notifications.end();
        } catch (SQLException | RuntimeException | LinkageError e) { // the task's edge: whatever it is, listen on
            failures++;
            LOG.debug("live events of other nodes are polled until notices come again", e);
        } finally {
            reader.listens(false);
        }
    }

    private void hear(PostgresNotifications notifications) throws SQLException {
        long used = environment.nanos();
        while (!closed && environment.nanos() - used < IDLE.toNanos()) {
            notifications.next(LISTENS).forEach(this::heard);
            used = feeds.isEmpty() ? used : environment.nanos();
        }
    }

    private void heard(String notice) {
        List<String> parts = List.of(link.dialect().read(notice).split("\n", -1));
        if (parts.getFirst().equals(options.node())) {
            return;
        }
        Set<String> observed = feeds.observed();
        Set<String> told = parts.size() == 1 ? observed : Set.copyOf(parts);
        if (told.stream().anyMatch(observed::contains)) {
            reader.notice();
            feeds.hint(told);
        }
    }

    /** An interrupt ends the wait for a notice; the connection is thrown away. */
    void close(@Nullable Task task) {
        closed = true;
        attention.raise();
        if (task != null) {
            task.interrupt();
        }
    }
}
