/** What all commands write with. */
@NullMarked
package dev.turnbuckle.cli.out;

import org.jspecify.annotations.NullMarked;
