/** {@code turnbuckle chat}: what is shown and what a line means is decided here without a terminal; consoles do the rest. */
@NullMarked
package dev.turnbuckle.cli.chat;

import org.jspecify.annotations.NullMarked;
