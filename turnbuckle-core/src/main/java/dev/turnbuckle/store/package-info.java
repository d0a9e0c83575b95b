/** SPI: one transactional domain of small interfaces (rules S, L, Q, T, J). */
@NullMarked
package dev.turnbuckle.store;

import org.jspecify.annotations.NullMarked;
