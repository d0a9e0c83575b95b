/**
 * The contract suites for authors of storage and live replay: extend each, give it a fixture, and every rule of the
 * specification that concerns you is a test. Needs JUnit Jupiter and AssertJ.
 */
@NullMarked
package dev.turnbuckle.testkit.tck;

import org.jspecify.annotations.NullMarked;
