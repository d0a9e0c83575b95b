package dev.turnbuckle.cli.demo;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a worker stops and waits to be killed. A kill from outside cannot be aimed at an instant; so the worker is told
 * the instant, stands still when it comes there, says so, and then it is killed like any other process.
 */
final class Holds {
    static final String STREAMING = "in the middle of a stream";

    /** Charging has touched the world, and nobody has been told yet. */
    static final String LEDGER_WRITTEN = "ledger.txt written";

    /** Seams of a drive. Those of looking for work are left out: standing there would not stop a turn. */
    private static final Pattern OF_A_DRIVE =
            Pattern.compile("(before|after) (model/.*|Journal\\.record|Inbox\\.claimSteers|SessionStore\\.commit)" + "|"
                    + Pattern.quote(LEDGER_WRITTEN));

    /** The instant that is waited for. */
    sealed interface Moment {
        record None() implements Moment {}

        record Named(String name) implements Moment {}

        /** So many words of one model call have been streamed. */
        record Words(int count) implements Moment {}

        /** The so-many-th of all instants of drives from now on. */
        record Nth(int count) implements Moment {}

        /** @param text as {@link #toString} writes it */
        static Moment parse(String text) {
            String[] parts = text.split(" ", 2);
            return switch (parts[0]) {
                case "named" -> new Named(parts[1]);
                case "words" -> new Words(Integer.parseInt(parts[1]));
                case "nth" -> new Nth(Integer.parseInt(parts[1]));
                default -> new None();
            };
        }

        default String command() {
            return switch (this) {
                case None none -> "none";
                case Named(var name) -> "named " + name;
                case Words(var count) -> "words " + count;
                case Nth(var count) -> "nth " + count;
            };
        }
    }

    private final Consumer<String> reached;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable Moment moment;
    private int passed;
    private int orders;

    /** @param reached told the instant at which the worker now stands */
    Holds(Consumer<String> reached) {
        this.reached = reached;
    }

    /** What stands still goes on. */
    void set(Moment next) {
        lock.lock();
        try {
            moment = next instanceof Moment.None ? null : next;
            passed = 0;
            orders++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A seam was passed. */
    void at(String seam) {
        pass(seam, 0, OF_A_DRIVE.matcher(seam).matches());
    }

    /** A model call has streamed so many words. Not counted: a turn has more words than anything else. */
    void streamed(int words) {
        pass(STREAMING, words, false);
    }

    private void pass(String instant, int words, boolean counted) {
        lock.lock();
        try {
            if (counted) {
                passed++;
            }
            if (isMoment(instant, words, counted)) {
                reached.accept(instant);
                int ordered = orders;
                while (ordered == orders) {
                    changed.awaitUninterruptibly();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isMoment(String instant, int words, boolean counted) {
        return switch (moment) {
            case null -> false;
            case Moment.None none -> false;
            case Moment.Named(var name) -> name.equals(instant);
            case Moment.Words(var count) -> words == count;
            case Moment.Nth(var count) -> counted && passed == count;
        };
    }
}
