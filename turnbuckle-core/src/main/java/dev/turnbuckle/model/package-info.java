/** SPI: a request to a stream of events. */
@NullMarked
package dev.turnbuckle.model;

import org.jspecify.annotations.NullMarked;
