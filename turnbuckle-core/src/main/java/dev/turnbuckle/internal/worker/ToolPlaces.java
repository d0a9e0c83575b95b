package dev.turnbuckle.internal.worker;

import dev.turnbuckle.env.Environment;
import dev.turnbuckle.internal.engine.TurnPort;
import dev.turnbuckle.tool.ToolSpec;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** How many calls of each tool run at once in this process (J20). */
final class ToolPlaces {
    /** How often who waits for a place looks whether its turn was cancelled. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private final Environment environment;
    private final ConcurrentMap<String, Places> byTool = new ConcurrentHashMap<>();

    private record Places(AtomicInteger taken, Environment.Signal freed) {
        boolean tryEnter(int most) {
            int now = taken.get();
            while (now < most) {
                if (taken.compareAndSet(now, now + 1)) {
                    return true;
                }
                now = taken.get();
            }
            return false;
        }
    }

    ToolPlaces(Environment environment) {
        this.environment = environment;
    }

    TurnPort.@Nullable Place enter(String agent, ToolSpec tool, BooleanSupplier givenUp) throws InterruptedException {
        Places places = byTool.computeIfAbsent(
                agent + "/" + tool.name(), n -> new Places(new AtomicInteger(), environment.signal()));
        while (true) {
            long seen = places.freed().version();
            if (places.tryEnter(tool.limits().concurrency())) {
                return () -> {
                    if (places.taken().getAndDecrement() >= tool.limits().concurrency()) {
                        places.freed().raise();
                    }
                };
            }
            if (givenUp.getAsBoolean()) {
                return null;
            }
            places.freed().await(seen, LOOK);
        }
    }
}
