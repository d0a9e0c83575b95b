package dev.turnbuckle.jdbc;

import dev.turnbuckle.env.Environment;
import org.jspecify.annotations.Nullable;

/**
 * The server's clock as last seen, carried on by this process's monotonic one: events age by one clock, whatever the
 * nodes' own say (O7).
 */
final class LiveClock {
    private final Environment environment;
    private volatile @Nullable Sight last;

    private record Sight(long micros, long nanos) {}

    LiveClock(Environment environment) {
        this.environment = environment;
    }

    Environment environment() {
        return environment;
    }

    void saw(long micros) {
        last = new Sight(micros, environment.nanos());
    }

    /** In microseconds; later than everything while the server's clock was never seen. */
    long now() {
        Sight known = last;
        return known == null ? Long.MAX_VALUE : known.micros() + (environment.nanos() - known.nanos()) / 1_000;
    }
}
