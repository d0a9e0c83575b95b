/** What a session runs: a named definition. */
@NullMarked
package dev.turnbuckle.agent;

import org.jspecify.annotations.NullMarked;
