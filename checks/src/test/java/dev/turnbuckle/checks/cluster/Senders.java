package dev.turnbuckle.checks.cluster;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.error.StorageException;
import dev.turnbuckle.error.TurnbuckleException;
import dev.turnbuckle.session.Input;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Applications that send orders to all sessions, a few ahead of what is done, whatever the server does: what was not
 * surely accepted is sent again under its key.
 */
final class Senders implements AutoCloseable {
    private static final int THREADS = 4;
    private static final int AHEAD = 3;

    private final Turnbuckle node;
    private final Server server;
    private final int sessions;
    private final Map<String, Integer> accepted = new ConcurrentHashMap<>();
    private final AtomicInteger again = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;
    private volatile Map<String, Long> waiting = Map.of();
    private volatile Throwable failure;

    Senders(Turnbuckle node, Server server, int sessions) {
        this.node = node;
        this.server = server;
        this.sessions = sessions;
    }

    static String session(int number) {
        return "s-" + number;
    }

    void start() {
        threads.add(Thread.ofVirtual().start(this::look));
        for (int i = 0; i < THREADS; i++) {
            int first = i;
            threads.add(Thread.ofVirtual().start(() -> send(first)));
        }
    }

    private void look() {
        while (!stopping) {
            try {
                waiting =
                        server.rows("SELECT session, COUNT(*) FROM inbox WHERE finished = 0 GROUP BY session").stream()
                                .collect(Collectors.toMap(List::getFirst, r -> Long.parseLong(r.get(1))));
            } catch (SQLException e) {
                // the server is being restarted
            }
            pause(300);
        }
    }

    private void send(int first) {
        try {
            while (!stopping) {
                for (int s = first; s < sessions && !stopping; s += THREADS) {
                    if (waiting.getOrDefault(session(s), 0L) < AHEAD) {
                        send(session(s));
                    }
                }
                pause(500);
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    private void send(String session) {
        int number = accepted.getOrDefault(session, 0) + 1;
        String order = session + "/" + number;
        Input input = Input.text(Orders.ORDER + order).key(order);
        while (true) {
            try {
                node.session(session).send(input);
                accepted.put(session, number);
                return;
            } catch (StorageException e) {
                if (e.remedy() != TurnbuckleException.Remedy.RETRY) {
                    throw e;
                }
                again.incrementAndGet();
                pause(200);
            }
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Accepted for sure: session to how many. */
    Map<String, Integer> accepted() {
        return Map.copyOf(accepted);
    }

    int sentAgain() {
        return again.get();
    }

    Throwable failure() {
        return failure;
    }

    @Override
    public void close() throws InterruptedException {
        stopping = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
