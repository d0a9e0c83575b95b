/** The exception family: failures of the environment and of the caller, each saying what to do. */
@NullMarked
package dev.turnbuckle.error;

import org.jspecify.annotations.NullMarked;
