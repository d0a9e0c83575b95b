package dev.turnbuckle.langchain4j;

import java.util.List;
import java.util.stream.Stream;

/** What lies behind a failure. */
final class Causes {
    /** Causes may run in a circle. */
    private static final int DEEPEST = 50;

    private Causes() {}

    /** The failure itself, then its cause, and so on. */
    static List<Throwable> of(Throwable thrown) {
        return Stream.iterate(thrown, t -> t != null, Throwable::getCause)
                .limit(DEEPEST)
                .toList();
    }
}
