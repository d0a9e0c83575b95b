/** The facade: what an application writes. Nobody inside the library imports it. */
@NullMarked
package dev.turnbuckle;

import org.jspecify.annotations.NullMarked;
