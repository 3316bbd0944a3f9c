/**
 * The seam between a function and the runtime that hosts it. Function authors need nothing here; a
 * runtime, or a test that plays one, calls {@link dev.selvedge.function.EdgeFunction#attach}.
 */
@NullMarked
package dev.selvedge.function.spi;

import org.jspecify.annotations.NullMarked;
