package dev.turnbuckle.testkit.simulation;

import dev.turnbuckle.env.Environment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Serves the calls of a storage that waits for tasks of its own: by tasks of the store's process, so that a caller may
 * die meanwhile, and one at a time, so that the referees see calls in the order in which they took effect.
 */
final class Desk {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final World world;
    private final Environment.Signal free;
    private boolean taken;

    Desk(World world) {
        this.world = world;
        this.free = world.outside.signal();
    }

    interface Work {
        Seen perform() throws IllegalAccessException;
    }

    /** Returns when it is performed, whatever interrupts the caller. */
    Seen serve(String operation, Work work) {
        var served = new Served(world.outside.signal());
        world.storeProcess.start("serve " + operation, () -> served.run(work));
        return served.awaitEnd();
    }

    /** Nothing is being served until this returns. */
    void alone(Runnable work) {
        try {
            enter();
            try {
                work.run();
            } finally {
                leave();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void enter() throws InterruptedException {
        while (taken) {
            free.await(free.version(), LONG);
        }
        taken = true;
    }

    private void leave() {
        taken = false;
        free.raise();
    }

    private final class Served {
        private final Environment.Signal ended;
        private @Nullable Seen seen;
        private @Nullable RuntimeException failure;

        Served(Environment.Signal ended) {
            this.ended = ended;
        }

        void run(Work work) {
            alone(() -> {
                try {
                    seen = work.perform();
                } catch (IllegalAccessException | RuntimeException e) { // told to the caller
                    failure = new IllegalStateException(e);
                }
            });
            ended.raise();
        }

        Seen awaitEnd() {
            boolean interrupted = false;
            while (seen == null && failure == null) {
                try {
                    ended.await(ended.version(), LONG);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            if (seen == null) {
                throw failure == null ? new IllegalStateException("not served") : failure;
            }
            return seen;
        }
    }
}
