package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.env.Environment.Signal;
import dev.turnbuckle.env.Environment.Task;
import dev.turnbuckle.error.TurnbuckleException;
import dev.turnbuckle.store.Wakeups;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hints by {@code LISTEN} and {@code NOTIFY}. One connection of the pool listens and does nothing else; when it breaks,
 * it is made anew, and whoever listens is told that something may have been missed. What is told is gathered for a moment
 * and goes out in one transaction of its own, because a NOTIFY makes all transactions that notify commit one after the
 * other, which would undo what the server gains by committing many at once.
 */
final class PostgresWakeups implements Wakeups {
    /** How long hints are gathered; so many NOTIFY a node sends a second at most. */
    private static final Duration GATHER = Duration.ofMillis(40);

    /** More than this at once, and the hint is to look at everything, which costs each node more than to hear of these. */
    private static final int MOST_TOLD = 1_000;

    /** A payload must stay below 8,000 bytes, also when every third one is written as two. */
    static final int MOST_BYTES = 5_900;

    private static final Duration LISTENS = Duration.ofSeconds(10);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    /** What a node that ends still tells may take so long. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private static final Duration FOREVER = Duration.ofHours(1);

    /** The commit need not be on disk, it is a hint; and all that notify wait for it, one after the other. */
    private static final String NOTIFY = "SELECT set_config('synchronous_commit', 'off', true),"
            + " pg_notify(?, payload)::text FROM unnest(?::text[]) AS payload";

    private final PostgresDatabase database;
    private final Environment environment;
    private final String channel;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Hint> gathered = new LinkedHashSet<>();
    private final Signal told;
    private volatile @Nullable Consumer<Hint> listener;
    private volatile boolean flowing;
    private volatile boolean closed;
    /** Whether the last words may be heard: not when the server was away before. */
    private volatile boolean speaks;

    private @Nullable Task listening;
    private @Nullable Task telling;

    PostgresWakeups(PostgresDatabase database) {
        this.database = database;
        this.environment = database.environment();
        this.channel = channel(database.settings().schema());
        this.told = environment.signal();
    }

    /** The server cuts names at 63 bytes. */
    static String channel(String schema) {
        String name = "turnbuckle_" + schema;
        return name.length() <= 63 ? name : name.substring(0, 63);
    }

    @Override
    public void listen(Consumer<Hint> next) {
        listener = next;
        lock.lock();
        try {
            if (listening == null && !closed) {
                listening = environment.start("turnbuckle-postgres-listener", this::listenAlways);
                telling = environment.start("turnbuckle-postgres-teller", this::tellAlways);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean flowing() {
        return flowing;
    }

    /** Nothing is told while nothing is heard: then everybody looks often. */
    @Override
    public void tell(Hint hint) {
        if (!flowing) {
            return;
        }
        lock.lock();
        try {
            if (gathered.size() > MOST_TOLD || !gathered.add(hint)) {
                return;
            }
        } finally {
            lock.unlock();
        }
        told.raise();
    }

    private void tellAlways() {
        try {
            long seen = told.version(); // before each look whether it is closed: closing raises once
            while (!closed) {
                Set<Hint> hints = taken();
                if (hints.isEmpty()) {
                    told.await(seen, FOREVER);
                } else {
                    send(payloads(database.incarnation(), hints));
                    environment.sleep(GATHER);
                }
                seen = told.version();
            }
            Set<Hint> last = taken(); // what a node that ends leaves to others
            if (!last.isEmpty() && speaks) {
                send(payloads(database.incarnation(), last));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Set<Hint> taken() {
        lock.lock();
        try {
            var hints = new LinkedHashSet<>(gathered);
            gathered.clear();
            return hints;
        } finally {
            lock.unlock();
        }
    }

    /** Each begins with the teller's incarnation, and has a line for each hint. */
    static List<String> payloads(String teller, Set<Hint> hints) {
        if (hints.size() > MOST_TOLD) {
            return List.of(teller + line(Hint.MISSED));
        }
        var payloads = new ArrayList<String>();
        var text = new StringBuilder(teller);
        int bytes = bytes(teller);
        for (Hint hint : hints) {
            String line = line(hint);
            if (bytes(teller) + bytes(line) > MOST_BYTES) {
                line = line(Hint.MISSED);
            }
            if (bytes + bytes(line) > MOST_BYTES) {
                payloads.add(text.toString());
                text = new StringBuilder(teller);
                bytes = bytes(teller);
            }
            text.append(line);
            bytes += bytes(line);
        }
        payloads.add(text.toString());
        return payloads;
    }

    private static String line(Hint hint) {
        return "\n" + hint.kind().name() + " " + oneLine(hint.session());
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** An id may have several lines, and nothing that the server's texts cannot hold. */
    private static String oneLine(String id) {
        return id.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    }

    private static String asItWas(String line) {
        var id = new StringBuilder();
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            boolean escaped = c == '\\' && i + 1 < line.length();
            char next = escaped ? line.charAt(++i) : c;
            id.append(!escaped ? c : next == 'n' ? '\n' : next == 'r' ? '\r' : next);
        }
        return id.toString();
    }

    private void send(List<String> payloads) {
        try {
            database.run(
                    rows -> {
                        ((PostgresRows) rows).sends(NOTIFY, channel, payloads);
                        return true;
                    },
                    true,
                    false);
        } catch (TurnbuckleException e) {
            // a hint that nobody hears; what it was about is found by looking
        }
    }

    private void listenAlways() {
        Duration pause = FIRST_PAUSE;
        try {
            while (!closed) {
                try (Connection connection = database.listening()) {
                    var notifications = PostgresNotifications.on(connection, channel);
                    flowing = true;
                    pause = FIRST_PAUSE;
                    hear(Hint.MISSED);
                    while (!closed) {
                        notifications.next(LISTENS).forEach(this::heard);
                    }
                    notifications.end();
                } catch (SQLException
                        | RuntimeException
                        | LinkageError e) { // the task's edge: whatever it is, listen on
                    flowing = false;
                    hear(Hint.MISSED);
                }
                if (!closed) {
                    environment.sleep(pause.plusNanos(Long.remainderUnsigned(environment.random(), pause.toNanos())));
                    pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            flowing = false;
        }
    }

    private void heard(String payload) {
        String[] lines = payload.split("\n", -1);
        if (!lines[0].equals(database.incarnation())) {
            for (int i = 1; i < lines.length; i++) {
                hear(hint(lines[i]));
            }
        }
    }

    /** What is not understood was said by a newer node, or by a stranger: it may mean anything. */
    private Hint hint(String line) {
        for (Kind kind : Kind.values()) {
            if (line.startsWith(kind.name() + " ")) {
                String id = line.substring(kind.name().length() + 1);
                return new Hint(kind, asItWas(database.dialect().read(id)));
            }
        }
        return Hint.MISSED;
    }

    private void hear(Hint hint) {
        Consumer<Hint> hears = listener;
        if (hears != null && !closed) {
            hears.accept(hint);
        }
    }

    /**
     * An interrupt ends the wait for a notification; the connection is thrown away. Waits without the lock, because both
     * tasks need it, and for the teller only so long, because its server may be silent.
     */
    void close() {
        speaks = flowing;
        closed = true;
        told.raise();
        List<Task> tasks = tasks();
        if (!tasks.isEmpty()) {
            tasks.getFirst().interrupt();
            OpenDatabase.join(tasks.getFirst());
            lastWords(tasks.getLast());
        }
    }

    private static void lastWords(Task telling) {
        try {
            telling.join(LAST_WORDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<Task> tasks() {
        lock.lock();
        try {
            return listening == null || telling == null ? List.of() : List.of(listening, telling);
        } finally {
            lock.unlock();
        }
    }
}
