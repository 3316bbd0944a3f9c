/**
 * What the product promises, shown on real parts: nodes are processes of their own, started by the
 * launcher; clients speak the wire protocol. Start at {@link dev.selvedge.it.TestCluster}.
 */
@NullMarked
package dev.selvedge.it;

import org.jspecify.annotations.NullMarked;
