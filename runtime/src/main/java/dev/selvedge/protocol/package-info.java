/**
 * What a request on a function's route means: dispatch to a protocol, plain HTTP calls and pages,
 * and passing on to the node that owns the session. Start at {@link
 * dev.selvedge.protocol.Dispatch}. The protocols themselves are sub-packages; nothing here knows
 * their bytes.
 */
@NullMarked
package dev.selvedge.protocol;

import org.jspecify.annotations.NullMarked;
