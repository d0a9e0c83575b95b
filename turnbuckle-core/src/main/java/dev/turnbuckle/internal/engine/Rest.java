package dev.turnbuckle.internal.engine;

import java.time.Duration;

/** A pause between two attempts that a cancel or a draining runtime ends: nothing runs that would be lost. */
final class Rest {
    private Rest() {}

    /**
     * @return false when the turn was cancelled meanwhile
     * @throws Halt when the turn must stop for another reason
     */
    static boolean of(TurnPort port, Duration pause) throws InterruptedException {
        long end = port.environment().nanos() + pause.toNanos();
        while (true) {
            long seen = port.wake().version();
            if (port.cancelRequested()) {
                return false;
            }
            if (port.draining()) {
                throw new Halt(new Halt.Reason.Draining());
            }
            long left = end - port.environment().nanos();
            if (left <= 0) {
                return true;
            }
            port.wake().await(seen, Duration.ofNanos(left));
        }
    }
}
