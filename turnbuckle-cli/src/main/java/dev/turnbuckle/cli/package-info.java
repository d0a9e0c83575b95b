/** The {@code turnbuckle} command: one class a subcommand. */
@NullMarked
package dev.turnbuckle.cli;

import org.jspecify.annotations.NullMarked;
