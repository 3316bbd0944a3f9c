/**
 * The composition root: constructs, starts and stops what a node is made of. Start at {@link
 * dev.selvedge.node.SelvedgeNode}. The small classes here only translate between packages that do
 * not know each other; no rule of the product lives here.
 */
@NullMarked
package dev.selvedge.node;

import org.jspecify.annotations.NullMarked;
