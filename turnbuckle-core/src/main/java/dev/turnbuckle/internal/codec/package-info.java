/** JSON, canonical JSON, hashes and schemas in one place. Not API. */
@NullMarked
package dev.turnbuckle.internal.codec;

import org.jspecify.annotations.NullMarked;
