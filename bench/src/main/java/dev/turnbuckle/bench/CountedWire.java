package dev.turnbuckle.bench;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.SocketFactory;

/** Sockets for the driver that count round trips: each time somebody reads after having written. */
public final class CountedWire extends SocketFactory {
    /** Of the driver's, in an address. */
    static final String PARAMETER = "&socketFactory=" + CountedWire.class.getName();

    private static final AtomicLong TRIPS = new AtomicLong();

    /** Of all connections of this process that were ever opened with the parameter. */
    static long trips() {
        return TRIPS.get();
    }

    private static final class Counted extends Socket {
        private final AtomicBoolean asked = new AtomicBoolean();

        @Override
        public OutputStream getOutputStream() throws IOException {
            return new FilterOutputStream(super.getOutputStream()) {
                @Override
                public void write(byte[] bytes, int from, int length) throws IOException {
                    asked.set(true);
                    out.write(bytes, from, length);
                }
            };
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {
                @Override
                public int read(byte[] bytes, int from, int length) throws IOException {
                    if (asked.getAndSet(false)) {
                        TRIPS.incrementAndGet();
                    }
                    return super.read(bytes, from, length);
                }
            };
        }
    }

    @Override
    public Socket createSocket() {
        return new Counted();
    }

    private static Socket refused() {
        throw new UnsupportedOperationException("the driver connects its sockets itself");
    }

    @Override
    public Socket createSocket(String host, int port) {
        return refused();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
        return refused();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        return refused();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
        return refused();
    }
}
