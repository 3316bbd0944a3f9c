/**
 * A room for clients of every protocol. Start at {@link dev.selvedge.rooms.Rooms}: what clients may
 * say.
 */
@NullMarked
package dev.selvedge.rooms;

import org.jspecify.annotations.NullMarked;
