/** The tools that the command line gives a model. */
@NullMarked
package dev.turnbuckle.cli.tools;

import org.jspecify.annotations.NullMarked;
