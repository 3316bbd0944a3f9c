/**
 * What a node counts and shows to Prometheus. Start at {@link dev.selvedge.metrics.Metrics}. A
 * leaf: others call it, it calls nobody.
 */
@NullMarked
package dev.selvedge.metrics;

import org.jspecify.annotations.NullMarked;
