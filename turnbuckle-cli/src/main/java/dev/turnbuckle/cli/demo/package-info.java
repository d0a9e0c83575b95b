/** {@code turnbuckle demo}: worker processes that are killed, and the count of what that cost. */
@NullMarked
package dev.turnbuckle.cli.demo;

import org.jspecify.annotations.NullMarked;
