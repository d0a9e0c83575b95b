/** Decisions shared by every backend, and the one implementation of the rules over rows. */
@NullMarked
package dev.turnbuckle.store.plan;

import org.jspecify.annotations.NullMarked;
