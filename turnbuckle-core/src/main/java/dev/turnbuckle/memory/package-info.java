/** Storage and live replay in memory: the same rules, nothing durable. */
@NullMarked
package dev.turnbuckle.memory;

import org.jspecify.annotations.NullMarked;
