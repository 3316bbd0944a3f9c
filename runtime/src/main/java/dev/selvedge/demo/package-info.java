/**
 * The demonstrations of {@code selvedge dev --demo}. Start at {@link dev.selvedge.demo.OneUrl}:
 * programs that are started beside a node, and the configuration that puts the node in front of
 * them; and at {@link dev.selvedge.demo.Rooms}: the samples with client libraries from npm. It
 * knows nothing of the node itself.
 */
@NullMarked
package dev.selvedge.demo;

import org.jspecify.annotations.NullMarked;
