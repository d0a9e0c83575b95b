package dev.turnbuckle.internal.engine;

import dev.turnbuckle.env.Environment;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A body of foreign code (model, tool) on a task of its own, so that the turn can stop waiting for it: at its end, at a
 * timeout, or when the turn is cancelled or must stop. A body that ignores its interrupt is abandoned after a bounded
 * grace (T10); what it does afterwards reaches nobody.
 */
final class Supervised<T> {
    /** How long an interrupted body may take to end. */
    static final Duration GRACE = Duration.ofMillis(800);

    /** Without a limit of its own a body is looked at this often. */
    private static final Duration LOOK = Duration.ofMinutes(10);

    sealed interface Ending<T> {
        record Value<T>(T value) implements Ending<T> {}

        record Threw<T>(Exception failure) implements Ending<T> {}

        /** @param stopped false when the body was abandoned */
        record TimedOut<T>(boolean stopped) implements Ending<T> {}

        record Cancelled<T>(boolean stopped) implements Ending<T> {}
    }

    private final TurnPort port;
    private final String name;
    private final Callable<T> body;
    private final AtomicReference<@Nullable Ending<T>> ending = new AtomicReference<>();

    Supervised(TurnPort port, String name, Callable<T> body) {
        this.port = port;
        this.name = name;
        this.body = body;
    }

    /**
     * @param timeout {@code null} for none
     * @throws Halt when the turn must stop for a reason other than a cancel
     */
    Ending<T> run(@Nullable Duration timeout) throws InterruptedException {
        Environment env = port.environment();
        long deadline = timeout == null ? 0 : env.nanos() + timeout.toNanos();
        Environment.Signal wake = port.wake();
        Environment.Task task = env.start(name, this::body);
        while (true) {
            long seen = wake.version();
            Ending<T> ended = ending.get();
            if (ended != null) {
                return ended;
            }
            if (port.cancelRequested()) {
                return stopped(task) ? orElse(new Ending.Cancelled<>(true)) : new Ending.Cancelled<>(false);
            }
            if (port.stopping()) {
                task.interrupt();
                throw new Halt(new Halt.Reason.Draining());
            }
            Duration left = timeout == null ? LOOK : Duration.ofNanos(deadline - env.nanos());
            if (left.isNegative() || left.isZero()) {
                return new Ending.TimedOut<>(stopped(task));
            }
            awaitOrInterrupt(wake, seen, left, task);
        }
    }

    private static void awaitOrInterrupt(Environment.Signal wake, long seen, Duration left, Environment.Task task)
            throws InterruptedException {
        try {
            wake.await(seen, left);
        } catch (InterruptedException e) {
            task.interrupt();
            throw e;
        }
    }

    /** A body that finished in the very moment of the cancel has done its work: its value counts. */
    private Ending<T> orElse(Ending<T> cancelled) {
        Ending<T> ended = ending.get();
        return ended instanceof Ending.Value ? ended : cancelled;
    }

    private static boolean stopped(Environment.Task task) throws InterruptedException {
        task.interrupt();
        return task.join(GRACE);
    }

    private void body() {
        try {
            ending.set(new Ending.Value<>(body.call()));
        } catch (Exception e) { // foreign code: whatever it throws is its outcome
            ending.set(new Ending.Threw<>(e));
        } catch (StackOverflowError | LinkageError e) { // a tool's own bug, not the machine's end
            ending.set(new Ending.Threw<>(new IllegalStateException(e.toString(), e)));
        } finally {
            port.wake().raise();
        }
    }
}
