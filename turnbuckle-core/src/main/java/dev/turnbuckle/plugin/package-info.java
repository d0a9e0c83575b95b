/** SPI: prompt parts, tools and durable state that belong together. */
@NullMarked
package dev.turnbuckle.plugin;

import org.jspecify.annotations.NullMarked;
