/** The turn: straight-line code over effects. Not API. */
@NullMarked
package dev.turnbuckle.internal.engine;

import org.jspecify.annotations.NullMarked;
