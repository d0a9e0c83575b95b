package dev.turnbuckle.jdbc;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Instants and durations as the database holds them: whole microseconds, rounded down. */
final class Micros {
    private static final long PER_SECOND = 1_000_000;
    private static final long MOST_SECONDS = Long.MAX_VALUE / PER_SECOND - 1;

    private Micros() {}

    static long of(Instant instant) {
        return of(instant.getEpochSecond(), instant.getNano());
    }

    static long of(Duration duration) {
        return of(duration.getSeconds(), duration.getNano());
    }

    /** What is further away than the column reaches (300,000 years) is as far as it reaches. */
    private static long of(long seconds, int nanos) {
        long reachable = Math.clamp(seconds, -MOST_SECONDS, MOST_SECONDS);
        return reachable * PER_SECOND + nanos / 1_000;
    }

    /** As it comes back from the database. */
    static Instant whole(Instant instant) {
        return instant(of(instant));
    }

    static @Nullable Instant wholeOrNull(@Nullable Instant instant) {
        return instant == null ? null : whole(instant);
    }

    static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, PER_SECOND), Math.floorMod(micros, PER_SECOND) * 1_000);
    }

    static Duration duration(long micros) {
        return Duration.ofSeconds(Math.floorDiv(micros, PER_SECOND), Math.floorMod(micros, PER_SECOND) * 1_000);
    }
}
