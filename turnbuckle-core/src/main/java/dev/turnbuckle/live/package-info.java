/** SPI: bounded live replay, cursors, gaps and observations (rules O). */
@NullMarked
package dev.turnbuckle.live;

import org.jspecify.annotations.NullMarked;
