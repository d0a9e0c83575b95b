/** SPI: what the model can call, with an effect class that its author chooses. */
@NullMarked
package dev.turnbuckle.tool;

import org.jspecify.annotations.NullMarked;
