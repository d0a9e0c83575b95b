/** Values: ids, messages, inputs, outcomes, views. Records without I/O. */
@NullMarked
package dev.turnbuckle.session;

import org.jspecify.annotations.NullMarked;
