/**
 * The demonstrations of {@code selvedge dev --demo}: programs that are started beside a node, and
 * the configuration that puts the node in front of them. Start at {@link dev.selvedge.demo.OneUrl}.
 * It knows nothing of the node itself.
 */
@NullMarked
package dev.selvedge.demo;

import org.jspecify.annotations.NullMarked;
