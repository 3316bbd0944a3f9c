/**
 * Stand-ins for the runtime, to test a function by itself. Start at {@link
 * dev.selvedge.function.testing.FakeCluster}.
 */
@NullMarked
package dev.selvedge.function.testing;

import org.jspecify.annotations.NullMarked;
