package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.env.Environment.Signal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears what other nodes stored, on a connection of its own while somebody subscribes here. A hint: when the connection
 * is lost it is made again, and until then the reader looks more often.
 */
final class LiveNotices {
    private static final Logger LOG = LoggerFactory.getLogger(LiveNotices.class);

    private static final int LISTEN_MILLIS = 500;
    private static final Duration CHECK = Duration.ofSeconds(10);
    private static final int CHECK_SECONDS = 5;
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
    private boolean impossible;
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
            while (!closed && !impossible) {
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
            Notifications notices = Notifications.of(connection);
            if (notices == null) {
                impossible = true;
                LOG.info("this DataSource hides PostgreSQL's own connections: live events of other nodes are polled");
                return;
            }
            boolean automatic = connection.getAutoCommit();
            connection.setAutoCommit(true);
            try (Statement statement = connection.createStatement()) {
                statement.execute("LISTEN " + options.channel());
                reader.listens(true);
                failures = 0;
                reader.notice(); // what was stored before is news too
                hear(connection, notices);
                statement.execute("UNLISTEN *");
            } finally {
                reader.listens(false);
                connection.setAutoCommit(automatic);
            }
        } catch (SQLException e) {
            failures++;
            LOG.debug("live events of other nodes are polled until notices come again", e);
        }
    }

    private void hear(Connection connection, Notifications notices) throws SQLException {
        long used = environment.nanos();
        long checked = used;
        while (!closed && environment.nanos() - used < IDLE.toNanos()) {
            List<String> heard = notices.hear(LISTEN_MILLIS);
            long now = environment.nanos();
            used = feeds.isEmpty() ? used : now;
            checked = heard.isEmpty() ? checked : now;
            heard.forEach(this::heard);
            if (now - checked > CHECK.toNanos()) {
                checked = now;
                if (!connection.isValid(CHECK_SECONDS)) {
                    throw new SQLException("the connection that notices come on does not answer", "08006");
                }
            }
        }
    }

    private void heard(String notice) {
        String[] parts = notice.split("\n", -1);
        if (parts[0].equals(options.node())) {
            return;
        }
        Set<String> observed = feeds.observed();
        Set<String> told = parts.length == 1 ? observed : Set.of(parts);
        if (told.stream().anyMatch(observed::contains)) {
            reader.notice();
            feeds.hint(told);
        }
    }

    void close() {
        closed = true;
        attention.raise();
    }
}
