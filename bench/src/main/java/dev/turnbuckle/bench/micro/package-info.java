/** JMH benchmarks of what a turn computes; {@code bench/run jmh} runs them. */
@NullMarked
package dev.turnbuckle.bench.micro;

import org.jspecify.annotations.NullMarked;
