/**
 * A counter that calls people by number. Start at {@link dev.selvedge.deli.DeliCounter}: what
 * clients may say; {@code Queue} is what the store holds.
 */
@NullMarked
package dev.selvedge.deli;

import org.jspecify.annotations.NullMarked;
