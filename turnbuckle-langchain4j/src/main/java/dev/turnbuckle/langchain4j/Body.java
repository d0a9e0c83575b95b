package dev.turnbuckle.langchain4j;

import dev.turnbuckle.env.Environment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a response, read by blocking calls that end: when nothing comes for too long, when the whole takes too
 * long, when there is too much, and at an interrupt. However it ends, the connection is let go.
 *
 * <p>The client's threads put buffers into the queue, one request of us at a time, so it holds at most one list of them
 * and the end; the reader is one thread.
 */
final class Body extends InputStream implements Flow.Subscriber<List<ByteBuffer>> {
    /** Why reading ended before the bytes did. */
    static final class Stopped extends IOException {
        enum Reason {
            SILENT,
            LATE,
            TOO_LONG,
            INTERRUPTED
        }

        private final Reason reason;

        Stopped(Reason reason) {
            super(reason.name());
            this.reason = reason;
        }

        Reason reason() {
            return reason;
        }
    }

    private sealed interface Signal {
        record Bytes(List<ByteBuffer> buffers) implements Signal {}

        record End(Optional<Throwable> failure) implements Signal {}
    }

    private final CallLimits limits;
    private final Environment environment;
    private final long deadline;
    private final long bound;
    private final BooleanSupplier complete;
    private final LinkedBlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private final ArrayDeque<ByteBuffer> buffers = new ArrayDeque<>();
    private volatile Flow.@Nullable Subscription subscription;
    private volatile boolean closed;
    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private boolean ended;
    private long bytes;

    /**
     * @param deadline on the clock of {@link Environment#nanos}
     * @param complete true when no further byte is needed: an open connection is then closed after a moment
     */
    Body(CallLimits limits, Environment environment, long deadline, long bound, BooleanSupplier complete) {
        this.limits = limits;
        this.environment = environment;
        this.deadline = deadline;
        this.bound = bound;
        this.complete = complete;
    }

    /** Bytes that came so far. */
    long bytes() {
        return bytes;
    }

    /** How they began. */
    String head() {
        return head.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void onSubscribe(Flow.Subscription next) {
        subscription = next;
        if (closed) {
            next.cancel();
        } else {
            next.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
        signals.add(new Signal.Bytes(item));
    }

    @Override
    public void onError(Throwable failure) {
        signals.add(new Signal.End(Optional.of(failure)));
    }

    @Override
    public void onComplete() {
        signals.add(new Signal.End(Optional.empty()));
    }

    @Override
    public int read() throws IOException {
        return fill() ? buffers.element().get() & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        ByteBuffer buffer = buffers.element();
        int count = Math.min(length, buffer.remaining());
        buffer.get(into, offset, count);
        return count;
    }

    /** @return false at the end */
    private boolean fill() throws IOException {
        while (!buffers.isEmpty() && !buffers.element().hasRemaining()) {
            buffers.remove();
        }
        while (buffers.isEmpty() && !ended) {
            take();
        }
        return !buffers.isEmpty();
    }

    private void take() throws IOException {
        switch (next()) {
            case Signal.Bytes(var more) -> {
                more.forEach(this::add);
                if (bytes > bound) {
                    throw stopped(Stopped.Reason.TOO_LONG);
                }
                request();
            }
            case Signal.End(var failure) -> {
                ended = true;
                if (failure.isPresent() && !complete.getAsBoolean()) {
                    throw new IOException(failure.get());
                }
            }
        }
    }

    private void add(ByteBuffer buffer) {
        bytes += buffer.remaining();
        if (head.size() < CallLimits.HEAD_BYTES) {
            byte[] begin = new byte[Math.min(buffer.remaining(), CallLimits.HEAD_BYTES - head.size())];
            buffer.duplicate().get(begin);
            head.writeBytes(begin);
        }
        if (buffer.hasRemaining()) {
            buffers.add(buffer);
        }
    }

    private Signal next() throws Stopped {
        boolean over = complete.getAsBoolean();
        Duration left = Duration.ofNanos(deadline - environment.nanos());
        Duration idle = over ? CallLimits.LINGER : limits.idle();
        Duration patience = left.compareTo(idle) < 0 ? left : idle;
        try {
            Signal signal = signals.poll(Math.max(0, patience.toNanos()), TimeUnit.NANOSECONDS);
            if (signal != null) {
                return signal;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw stopped(Stopped.Reason.INTERRUPTED);
        }
        if (over) {
            close();
            return new Signal.End(Optional.empty());
        }
        throw stopped(patience.equals(left) ? Stopped.Reason.LATE : Stopped.Reason.SILENT);
    }

    private Stopped stopped(Stopped.Reason reason) {
        close();
        return new Stopped(reason);
    }

    private void request() {
        Flow.Subscription from = subscription;
        if (from != null) {
            from.request(1);
        }
    }

    @Override
    public void close() {
        closed = true;
        ended = true;
        Flow.Subscription from = subscription;
        if (from != null) {
            from.cancel();
        }
    }
}
