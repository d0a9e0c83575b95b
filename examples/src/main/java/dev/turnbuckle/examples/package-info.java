/** Numbered programs to read in order. Each has a {@code main} that needs no key and no network, and a test that runs it. */
@NullMarked
package dev.turnbuckle.examples;

import org.jspecify.annotations.NullMarked;
