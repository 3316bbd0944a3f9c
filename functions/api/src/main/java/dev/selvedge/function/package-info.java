/**
 * What a function author compiles against: a function is a Vert.x verticle that serves sessions.
 *
 * <p>Start at {@link dev.selvedge.function.EdgeFunction}. Nothing here knows how clients connect,
 * which node holds them, or how the runtime delivers messages; {@code dev.selvedge.function.spi} is
 * the seam through which the runtime plugs itself in.
 */
@NullMarked
package dev.selvedge.function;

import org.jspecify.annotations.NullMarked;
