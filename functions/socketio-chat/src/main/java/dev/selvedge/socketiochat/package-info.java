/**
 * The chat example of Socket.IO as a function. Start at {@link
 * dev.selvedge.socketiochat.SocketIoChat}: its events are those of the original.
 */
@NullMarked
package dev.selvedge.socketiochat;

import org.jspecify.annotations.NullMarked;
