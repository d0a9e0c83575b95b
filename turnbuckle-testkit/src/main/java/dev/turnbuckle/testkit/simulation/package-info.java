/**
 * A whole deployment under one seed: several nodes over one storage, with clients, observers and people, while
 * everything breaks; checked by referees that keep their own idea of what happened. For authors of storage, and the
 * proof of the engine. Start at {@link dev.turnbuckle.testkit.simulation.Simulation}.
 */
@NullMarked
package dev.turnbuckle.testkit.simulation;

import org.jspecify.annotations.NullMarked;
