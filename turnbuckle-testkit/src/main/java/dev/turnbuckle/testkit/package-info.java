/** For tests of agents: virtual time under a seed, a scripted model, and a runtime that crashes and restarts on demand. */
@NullMarked
package dev.turnbuckle.testkit;

import org.jspecify.annotations.NullMarked;
