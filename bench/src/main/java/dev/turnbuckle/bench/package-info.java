/** What durable turns cost, beside the least that any durable design must write. Not published. */
@NullMarked
package dev.turnbuckle.bench;

import org.jspecify.annotations.NullMarked;
