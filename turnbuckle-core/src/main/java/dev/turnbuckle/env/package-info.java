/** SPI: clock, ids, randomness and tasks; the only source of time and concurrency (law 9). */
@NullMarked
package dev.turnbuckle.env;

import org.jspecify.annotations.NullMarked;
