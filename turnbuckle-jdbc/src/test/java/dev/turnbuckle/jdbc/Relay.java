package dev.turnbuckle.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** A wire to the server that a test can cut: altogether, or in the moment in which a COMMIT is answered. */
final class Relay implements AutoCloseable {
    private final ServerSocket listening;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean swallowing = new AtomicBoolean();
    private volatile boolean cutting;
    private volatile boolean down;
    private volatile boolean swallowed;
    private volatile boolean mute;
    private volatile boolean muting;

    Relay() throws IOException {
        PostgresServer.port(); // started before anybody waits for it
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    String url(String schema) {
        return "postgres://postgres@localhost:" + listening.getLocalPort() + "/postgres?schema=" + schema;
    }

    /** Every connection breaks, and no new one is taken. */
    void cut() {
        down = true;
        breakAll();
    }

    void breakAll() {
        open.forEach(Relay::close);
        open.clear();
    }

    void mend() {
        cutting = false;
        down = false;
    }

    /** The next COMMIT is carried out, and its answer lost with the connection. */
    void swallowNextCommit() {
        swallowed = false;
        swallowing.set(true);
    }

    /** The same, and nothing is to be reached after it. */
    void swallowNextCommitAndCut() {
        cutting = true;
        swallowNextCommit();
    }

    /** From now on nothing that the server says arrives, and no connection breaks. */
    void mute() {
        mute = true;
    }

    /** The next COMMIT is carried out, and from then on nothing that the server says arrives. */
    void muteFromNextCommit() {
        muting = true;
    }

    boolean hasSwallowed() {
        return swallowed;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                if (down) {
                    client.close();
                    continue;
                }
                Socket server = new Socket(InetAddress.getLoopbackAddress(), PostgresServer.port());
                open.add(client);
                open.add(server);
                Thread.ofVirtual().start(() -> copy(client, server, bytes -> true));
                Thread.ofVirtual().start(() -> copy(server, client, new Answers()));
            } catch (IOException e) {
                // closed, or the client went away
            }
        }
    }

    /** Which the server says when it has committed. */
    private boolean swallows(byte[] answer) {
        boolean commit = new String(answer, StandardCharsets.ISO_8859_1).contains("COMMIT\0");
        if (commit && muting) {
            mute = true;
        }
        if (commit && swallowing.compareAndSet(true, false)) {
            swallowed = true;
            if (cutting) {
                cut();
            }
            return true;
        }
        return false;
    }

    private interface Look {
        boolean goesOn(byte[] bytes);

        default boolean keepsBack() {
            return false;
        }
    }

    private final class Answers implements Look {
        @Override
        public boolean goesOn(byte[] bytes) {
            return !swallows(bytes);
        }

        @Override
        public boolean keepsBack() {
            return mute;
        }
    }

    private static void copy(Socket from, Socket to, Look look) {
        var buffer = new byte[65_536];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (!look.goesOn(java.util.Arrays.copyOf(buffer, n))) {
                    return;
                }
                if (!look.keepsBack()) {
                    out.write(buffer, 0, n);
                }
            }
        } catch (IOException e) {
            // one side went away, the other follows
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is closed
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        breakAll();
    }
}
