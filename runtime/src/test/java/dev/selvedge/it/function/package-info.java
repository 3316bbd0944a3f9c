/** Functions that the integration tests deploy, each a jar of its own. */
@NullMarked
package dev.selvedge.it.function;

import org.jspecify.annotations.NullMarked;
