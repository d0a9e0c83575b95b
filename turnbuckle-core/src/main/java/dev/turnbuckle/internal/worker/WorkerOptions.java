package dev.turnbuckle.internal.worker;

import dev.turnbuckle.env.Probe;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a node works.
 *
 * @param name of the node, in leases
 * @param concurrentTurns turns driven at once
 * @param leaseTtl how long a silent node keeps a session (L8); renewed three times within it
 * @param poll how often a store that other processes share is looked at; the bound of Q6
 * @param drain how long {@code close()} lets effects finish
 * @param attempts drives of a turn before it ends as failed (T12)
 * @param manual nothing is driven unless the host asks (Q11)
 * @param fairBy the context value whose values get equal shares of the places (Q18); {@code null} for none
 * @param holdOnMismatch T4: hold the turn for a build that fits, instead of failing it
 */
public record WorkerOptions(
        String name,
        int concurrentTurns,
        Duration leaseTtl,
        Duration poll,
        Duration drain,
        int attempts,
        boolean holdOnMismatch,
        boolean manual,
        @Nullable String fairBy,
        Probe probe,
        @Nullable OpenTelemetry telemetry) {}
