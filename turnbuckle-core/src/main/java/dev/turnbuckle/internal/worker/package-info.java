/** Acquires sessions, drives turns, renews leases, publishes. Not API. */
@NullMarked
package dev.turnbuckle.internal.worker;

import org.jspecify.annotations.NullMarked;
